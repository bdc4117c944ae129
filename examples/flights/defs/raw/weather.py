"""The weather at the three airports of New York, hour by hour: CSV → Parquet, by month."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import months, read_csv, report_month, save, source

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        year = read_csv(source("weather.csv"))
        for month in months(pipes):
            weather = save("raw/weather", year.filter(f"month = {month[-2:]}"), month)
            report_month(pipes, "raw/weather", month, weather)
