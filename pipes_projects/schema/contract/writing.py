"""A contract → the part of the schema that `read_contract` reads back."""

from __future__ import annotations

from typing import Any

from pipes_projects.manifest.contract import (
    Connection,
    Contract,
    Kind,
    Partitions,
    PartitionWindows,
)
from pipes_projects.manifest.model.shapes import Shape
from pipes_projects.schema import Schema
from pipes_projects.schema.contract.kinds import PARTS, usual
from pipes_projects.schema.contract.reading import VERSION
from pipes_projects.schema.fields import shape_schema


def extension(contract: Contract) -> Schema:
    """What `read_contract` reads back; for built-in kinds, only what the owner changed."""
    return {
        "version": VERSION,
        "kinds": {name: _kind(kind) for name, kind in contract.kinds.items()},
        "asset_keys": sorted(contract.asset_keys),
        "partitions_defs": {
            name: _partitions(definition) for name, definition in contract.partitions_defs.items()
        },
        "partition_mappings": dict(contract.partition_mappings),
        "automation_conditions": dict(contract.automation_conditions),
        "pools": sorted(contract.pools),
        **_of_runs(contract),
    }


def _of_runs(contract: Contract) -> Schema:
    """Parts that most owners do not use, and only if they do."""
    known = {
        "script_defaults": dict(contract.script_defaults),
        "run_by_owner": sorted(contract.run_by_owner),
        "connections": {name: _connection(one) for name, one in contract.connections.items()},
    }
    return {name: value for name, value in known.items() if value}


def _connection(connection: Connection) -> Schema:
    return {part: value for part, value in connection._asdict().items() if value}


def _partitions(partitions: Partitions) -> Schema:
    """A partitions definition, with only the parts that its type has."""
    written: Schema = {"type": partitions.type, "description": partitions.description}
    if partitions.windows is not None:
        written["windows"] = _windows(partitions.windows)
    if partitions.keys is not None:
        written["keys"] = list(partitions.keys)
    if partitions.dimensions is not None:
        written["dimensions"] = {
            k: _partitions(dimension) for k, dimension in partitions.dimensions.items()
        }
    return written


def _windows(windows: PartitionWindows) -> Schema:
    usual = PartitionWindows._field_defaults
    parts = {k: v for k, v in windows._asdict().items() if k not in usual or v != usual[k]}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in parts.items()}


def undescribed(part: Any) -> Any:
    """The same without descriptions for people, which have no effect."""
    if isinstance(part, list):
        return [undescribed(item) for item in part]
    if not isinstance(part, dict):
        return part
    words = ("description", "markdownDescription")
    kept = {k: v for k, v in part.items() if not (k in words and isinstance(v, str))}
    return {key: undescribed(value) for key, value in kept.items()}


def _kind(kind: Kind) -> Schema:
    """What differs from the usual; options without fields are not written."""
    plain = usual(kind.name)
    values = {part: getattr(kind, part) for part in PARTS}
    return {
        part: _written(PARTS[part], value)
        for part, value in values.items()
        if value != getattr(plain, part) and not (PARTS[part] is Shape and not value.names)
    }


def _written(of: Any, value: Any) -> Any:
    if of is Shape or of == Shape | None:
        return None if value is None else shape_schema(value)
    return list(value) if isinstance(value, tuple) else value
