"""Metadata that a script reported → Dagster's."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from pipes_projects.running.results.metadata import Value

Metadata = Mapping[str, Any]


def to_dagster(metadata: Metadata) -> dict[str, Any]:
    """The same, as Dagster takes it; what is Dagster's own already stays as it is."""
    return {key: _value(it) if isinstance(it, Value) else it for key, it in metadata.items()}


def _value(value: Value) -> Any:
    make = _MAKERS.get(value.type)
    return make(value.value) if make else dg.MetadataValue.null()


def _column(said: Mapping[str, Any]) -> dg.TableColumn:
    known = {name: said[name] for name in ("description", "tags") if said.get(name)}
    limits = said.get("constraints")
    if isinstance(limits, Mapping):
        taken = ("nullable", "unique", "other")
        given = {name: limits[name] for name in taken if name in limits}
        known["constraints"] = dg.TableColumnConstraints(**given)
    return dg.TableColumn(said["name"], said.get("type") or "string", **known)


def _schema(columns: list[Mapping[str, Any]]) -> dg.TableSchema:
    return dg.TableSchema(columns=list(map(_column, columns)))


def _table(table: Mapping[str, Any]) -> Any:
    records = [dg.TableRecord(record) for record in table["records"]]
    return dg.MetadataValue.table(records, _schema(table["columns"]))


def _lineage(deps: Mapping[str, list[Mapping[str, Any]]]) -> Any:
    by_column = {
        column: [dg.TableColumnDep(dep["asset_key"], dep["column_name"]) for dep in them]
        for column, them in deps.items()
    }
    return dg.MetadataValue.column_lineage(dg.TableColumnLineage(by_column))


_MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "text": dg.MetadataValue.text,
    "url": dg.MetadataValue.url,
    "path": dg.MetadataValue.path,
    "notebook": dg.MetadataValue.notebook,
    "json": dg.MetadataValue.json,
    "md": dg.MetadataValue.md,
    "float": dg.MetadataValue.float,
    "int": dg.MetadataValue.int,
    "bool": dg.MetadataValue.bool,
    "dagster_run": dg.MetadataValue.dagster_run,
    "asset": lambda key: dg.MetadataValue.asset(dg.AssetKey.from_user_string(key)),
    "table": _table,
    "table_schema": lambda columns: dg.MetadataValue.table_schema(_schema(columns)),
    "table_column_lineage": _lineage,
    "timestamp": dg.MetadataValue.timestamp,
}
