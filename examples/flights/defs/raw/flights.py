"""The flights that were to leave New York in 2013, as reported: zipped CSV → Parquet."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, read_csv, save, source, summary

if __name__ == "__main__":
    with open_dagster_pipes() as pipes, TemporaryDirectory() as folder:
        unzipped = ZipFile(source("flights.csv.zip")).extract("flights.csv", folder)
        flights = save("raw/flights", read_csv(unzipped))
        pipes.log.info(f"{len(flights):,} flights read")
        pipes.report_asset_materialization(metadata=summary(flights) | column_schema(flights))
