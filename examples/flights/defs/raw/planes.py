"""The aircraft register, one row a tail number: CSV → Parquet."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, read_csv, save, source, summary

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        planes = save("raw/planes", read_csv(source("planes.csv")))
        pipes.report_asset_materialization(metadata=summary(planes) | column_schema(planes))
