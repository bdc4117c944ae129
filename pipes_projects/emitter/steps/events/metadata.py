"""Metadata that a script reported → Dagster's, and back."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from pipes_projects.running.results.metadata import Value

Metadata = Mapping[str, Any]


def to_dagster(metadata: Metadata) -> dict[str, Any]:
    """The same, as Dagster takes it; what is Dagster's own already is left alone."""
    return {
        key: _value(value) if isinstance(value, Value) else value for key, value in metadata.items()
    }


def from_dagster(metadata: Metadata) -> dict[str, Value]:
    """The same, as scripts report it; anything that Pipes has no type for is left out."""
    found = ((key, _reported(value)) for key, value in metadata.items())
    return {key: value for key, value in found if value is not None}


def _reported(value: Any) -> Value | None:
    read = _READERS.get(type(value))
    return Value(read[0], read[1](value)) if read else None


def _value(value: Value) -> Any:
    make = _MAKERS.get(value.type)
    return make(value.value) if make else dg.MetadataValue.null()


def _column(reported: Mapping[str, Any]) -> dg.TableColumn:
    known = {name: reported[name] for name in ("description", "tags") if reported.get(name)}
    limits = reported.get("constraints")
    if isinstance(limits, Mapping):
        taken = ("nullable", "unique", "other")
        given = {name: limits[name] for name in taken if name in limits}
        known["constraints"] = dg.TableColumnConstraints(**given)
    return dg.TableColumn(reported["name"], reported.get("type") or "string", **known)


def _schema(columns: list[Mapping[str, Any]]) -> dg.TableSchema:
    return dg.TableSchema(columns=list(map(_column, columns)))


def _table(table: Mapping[str, Any]) -> Any:
    records = [dg.TableRecord(record) for record in table["records"]]
    return dg.MetadataValue.table(records, _schema(table["columns"]))


def _lineage(deps: Mapping[str, list[Mapping[str, Any]]]) -> Any:
    by_column = {
        column: [dg.TableColumnDep(_key(dep["asset_key"]), dep["column_name"]) for dep in them]
        for column, them in deps.items()
    }
    return dg.MetadataValue.column_lineage(dg.TableColumnLineage(by_column))


def _key(reported: str | list[str]) -> dg.AssetKey:
    """A key as text has slashes between its parts; Dagster's own reader takes it for one part."""
    if isinstance(reported, str):
        return dg.AssetKey.from_user_string(reported)
    return dg.AssetKey(reported)


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
    "asset": lambda key: dg.MetadataValue.asset(_key(key)),
    "table": _table,
    "table_schema": lambda columns: dg.MetadataValue.table_schema(_schema(columns)),
    "table_column_lineage": _lineage,
    "timestamp": dg.MetadataValue.timestamp,
}


def _column_told(column: dg.TableColumn) -> dict[str, Any]:
    limits = column.constraints
    given = {"nullable": limits.nullable, "unique": limits.unique, "other": list(limits.other)}
    return {
        "name": column.name,
        "type": column.type,
        **({"description": column.description} if column.description else {}),
        **({"tags": dict(column.tags)} if column.tags else {}),
        **({"constraints": given} if limits != dg.TableColumnConstraints() else {}),
    }


def _columns_told(schema: dg.TableSchema) -> list[dict[str, Any]]:
    return list(map(_column_told, schema.columns))


def _table_told(table: Any) -> dict[str, Any]:
    records = [dict(record.data) for record in table.records]
    return {"records": records, "columns": _columns_told(table.schema)}


def _lineage_told(lineage: dg.TableColumnLineage) -> dict[str, list[dict[str, str]]]:
    return {
        column: [
            {"asset_key": dep.asset_key.to_user_string(), "column_name": dep.column_name}
            for dep in above
        ]
        for column, above in lineage.deps_by_column.items()
    }


def _plain(value: Any) -> Any:
    return value.value


_READERS: Mapping[type, tuple[str, Callable[[Any], Any]]] = {
    dg.TextMetadataValue: ("text", _plain),
    dg.UrlMetadataValue: ("url", _plain),
    dg.PathMetadataValue: ("path", _plain),
    dg.NotebookMetadataValue: ("notebook", _plain),
    dg.JsonMetadataValue: ("json", _plain),
    dg.MarkdownMetadataValue: ("md", _plain),
    dg.FloatMetadataValue: ("float", _plain),
    dg.IntMetadataValue: ("int", _plain),
    dg.BoolMetadataValue: ("bool", _plain),
    dg.TimestampMetadataValue: ("timestamp", _plain),
    dg.NullMetadataValue: ("null", _plain),
    dg.DagsterRunMetadataValue: ("dagster_run", lambda value: value.run_id),
    dg.DagsterAssetMetadataValue: ("asset", lambda value: value.asset_key.to_user_string()),
    dg.TableMetadataValue: ("table", _table_told),
    dg.TableSchemaMetadataValue: ("table_schema", lambda value: _columns_told(value.schema)),
    dg.TableColumnLineageMetadataValue: (
        "table_column_lineage",
        lambda value: _lineage_told(value.column_lineage),
    ),
}
