"""The airlines that flew from New York, by their two-letter code: CSV → Parquet."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, read_csv, save, source, summary

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        airlines = save("raw/airlines", read_csv(source("airlines.csv")))
        pipes.report_asset_materialization(metadata=summary(airlines) | column_schema(airlines))
