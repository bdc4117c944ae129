"""What Dagster is shown about a table: its rows, its columns, and the first of its rows."""

from __future__ import annotations

from math import isfinite
from typing import Any, Final

from pipes_projects.kinds.sql.databases.database import Database, Table

_LONGEST: Final = 200


def metadata(database: Database, table: Table, preview: int) -> dict[str, Any]:
    """The metadata of a table or view, in the form of Pipes; empty if there is none. The rows of a
    view are not counted, which could take as long as the query."""
    kind = database.kind_of(table)
    if kind is None:
        return {}
    name, columns = database.named(table), database.columns(table)
    schema = [{"name": column.name, "type": column.type or "any"} for column in columns]
    found: dict[str, Any] = {"dagster/column_schema": _typed("table_schema", schema)}
    if kind == "table":
        ((rows,),) = database.run(f"select count(*) from {name}")
        found["dagster/row_count"] = _typed("int", rows)
    if preview:
        first = database.run(f"select * from {name} limit {preview}")
        names = [column.name for column in columns]
        records = [dict(zip(names, map(_shown, row), strict=True)) for row in first]
        found["preview"] = _typed("table", {"records": records, "schema": names})
    return found


def _typed(type_: str, raw: Any) -> dict[str, Any]:
    return {"raw_value": raw, "type": type_}


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value if not isinstance(value, int) or abs(value) < 1 << 53 else str(value)
    if isinstance(value, float) and isfinite(value):
        return value
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
