"""Names that the platform owner publishes, as words that editors propose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.model import NAMES
from pipes_projects.schema import Schema
from pipes_projects.schema.fields import NOTES

_NONE = "the platform owner publishes no {}"
_PLURALS = {"partitions_def": "partitions definitions"}


def with_names(properties: Schema, contract: Contract) -> Schema:
    """The fields with the names that they may hold."""
    partitions = {
        name: definition.description for name, definition in contract.partitions_defs.items()
    }
    pools = dict.fromkeys(sorted(contract.pools), "")
    made = dict(properties)
    for field, names in (
        ("partitions_def", partitions),
        ("automation_condition", contract.automation_conditions),
        *([("pool", pools)] if pools else []),
    ):
        if field in made:
            made[field] = _one_of(made[field], names, _PLURALS.get(field, f"{field}s"))
    if "deps" in made:
        made["deps"] = _with_mappings(made["deps"], contract.partition_mappings)
    return made


def with_connections(schema: Any, contract: Contract) -> Any:
    """A kind's options, with the connections that they may name."""
    if isinstance(schema, list):
        return [with_connections(part, contract) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if NAMES in schema:
        types = {name: connection.type for name, connection in contract.connections.items()}
        return _one_of(schema, types, schema[NAMES])
    return {key: with_connections(part, contract) for key, part in schema.items()}


def _one_of(field: Schema, names: Mapping[str, str], plural: str) -> Schema:
    notes = {key: value for key, value in field.items() if key in NOTES}
    if not names:
        return {**notes, "type": "null", "errorMessage": _NONE.format(plural), "doNotSuggest": True}
    described = {"enumDescriptions": [names[name] for name in names]} if any(names.values()) else {}
    return {**notes, "type": ["string", "null"], "enum": [*names, None], **described}


def _with_mappings(deps: Schema, names: Mapping[str, str]) -> Schema:
    branches = [
        {**dep, "properties": _mapped(dep["properties"], names)} if "properties" in dep else dep
        for dep in deps["items"]["anyOf"]
    ]
    return {**deps, "items": {**deps["items"], "anyOf": branches}}


def _mapped(properties: Schema, names: Mapping[str, str]) -> Schema:
    mapping = _one_of(properties["partition_mapping"], names, "partition mappings")
    return {**properties, "partition_mapping": mapping}
