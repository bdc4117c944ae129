"""The weather at the three airports of New York, hour by hour: CSV → Parquet, by month."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, months, read_csv, rows_by_month, save, source, summary

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        year = read_csv(source("weather.csv"))
        for month in months(pipes):
            weather = save("raw/weather", year.filter(f"month = {month[-2:]}"), month)
        metadata = summary(weather) | column_schema(weather) | rows_by_month("raw/weather")
        pipes.report_asset_materialization(metadata=metadata)
