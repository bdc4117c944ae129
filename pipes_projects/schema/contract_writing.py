"""A contract → the part of the schema that `read_contract` reads back."""

from __future__ import annotations

from typing import Any

from pipes_projects.kinds import built_in_kinds
from pipes_projects.manifest.contract import Contract, Kind, Partitions
from pipes_projects.schema.contract_reading import VERSION
from pipes_projects.schema.fields import Schema, shape_schema


def extension(contract: Contract) -> Schema:
    """What `read_contract` reads back; of built-in kinds, only what the owner changed."""
    built_in = built_in_kinds()
    kinds = {name: _kind(kind, built_in.get(name)) for name, kind in contract.kinds.items()}
    return {
        "version": VERSION,
        "kinds": kinds,
        "asset_keys": sorted(contract.asset_keys),
        "partitions_defs": {name: _partitions(it) for name, it in contract.partitions_defs.items()},
        "partition_mappings": dict(contract.partition_mappings),
        "automation_conditions": dict(contract.automation_conditions),
        "pools": sorted(contract.pools),
    }


def _partitions(partitions: Partitions) -> Schema:
    return {"type": partitions.type, "description": partitions.description}


def undescribed(part: Any) -> Any:
    """The same without words for people, which change nothing."""
    if isinstance(part, list):
        return [undescribed(item) for item in part]
    if not isinstance(part, dict):
        return part
    words = ("description", "markdownDescription")
    kept = {k: v for k, v in part.items() if not (k in words and isinstance(v, str))}
    return {key: undescribed(value) for key, value in kept.items()}


def _kind(kind: Kind, built_in: Kind | None) -> Schema:
    plain = built_in or Kind(kind.name, endings=())
    said: Schema = {}
    for part in ("options", "script_fields", "asset_fields"):
        shape, usual = getattr(kind, part), getattr(plain, part)
        if shape is not None and shape != usual and (shape.names or part == "options"):
            said[part] = shape_schema(shape)
    for part in ("description", "endings", "any_ending_with", "takes_script"):
        value = getattr(kind, part)
        if value != getattr(plain, part):
            said[part] = list(value) if isinstance(value, tuple) else value
    return said
