"""`python -m pipes_sqlite DATABASE SCRIPT`: run a query, and say how many rows its tables have."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from dagster_pipes import open_dagster_pipes


def main(database: str, script: str) -> None:
    """Each asset is a table of the asset's name."""
    with open_dagster_pipes() as pipes, closing(sqlite3.connect(database)) as connection:
        connection.executescript(Path(script).read_text("utf-8"))
        for key in pipes.asset_keys:
            table = key.rpartition("/")[2]
            rows = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            metadata = {"dagster/row_count": rows}
            pipes.report_asset_materialization(asset_key=key, metadata=metadata)


if __name__ == "__main__":
    main(*sys.argv[1:])
