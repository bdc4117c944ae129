"""A project's contract, read from its schema: what `check` knows of what the owner publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipes_projects.boundary import LeadsOutError
from pipes_projects.kinds import built_in_contract, built_in_kinds
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    PARTITION_MAPPINGS,
    Contract,
    Kind,
    Partitions,
)
from pipes_projects.manifest.shapes import NO_FIELDS, SchemaShape
from pipes_projects.writing import current

Schema = dict[str, Any]
EXTENSION = "x-pipes-projects"
VERSION = 1


class ContractError(Exception):
    """The contract's file cannot be read."""


def _with_properties(schema: Schema) -> Schema:
    if not isinstance(schema.get("properties", {}), dict):
        raise ValueError("these are no fields")
    return schema


_Fields = Annotated[Schema, AfterValidator(_with_properties)]


class _PublishedKind(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    description: str = ""
    options: _Fields | None = None
    script_fields: _Fields | None = None
    asset_fields: _Fields | None = None
    endings: list[str] | None = None
    any_ending_with: str | None = None
    takes_script: bool = True


class _PublishedPartitions(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    type: str
    description: str = ""


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    version: int
    kinds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], _PublishedKind]
    asset_keys: list[str]
    partitions_defs: dict[str, _PublishedPartitions] = {}
    partition_mappings: dict[str, str] = dict(PARTITION_MAPPINGS)
    automation_conditions: dict[str, str] = dict(AUTOMATION_CONDITIONS)
    pools: list[str] = []


def read_contract(path: Path) -> Contract:
    """What the owner published, by a project's schema; where there is none, what is built in."""
    if not path.exists():
        return built_in_contract()
    try:
        published = _Published.model_validate(extension_at(path))
    except ValidationError:
        raise _not_a_contract(path) from None
    partitions = published.partitions_defs.items()
    return Contract(
        dict(_kinds(published)),
        frozenset(published.asset_keys),
        published=True,
        partitions_defs={name: Partitions(it.type, it.description) for name, it in partitions},
        partition_mappings=published.partition_mappings,
        automation_conditions=published.automation_conditions,
        pools=frozenset(published.pools),
    )


def extension_at(path: Path) -> Schema:
    """The part of a project's schema that is its contract."""
    root = path.parent.parent  # of the project: see `CONTRACT`
    try:
        data = json.loads(current(root, str(path.relative_to(root))) or "null")
    except LeadsOutError as error:
        raise ContractError(str(error)) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from None
    extension = data.get(EXTENSION) if isinstance(data, dict) else None
    if not isinstance(extension, dict) or extension.get("version") != VERSION:
        raise _not_a_contract(path)
    return extension


def _not_a_contract(path: Path) -> ContractError:
    return ContractError(f"{path} is not a contract that this version reads: {_AGAIN}")


_AGAIN = "write it again with `pipes-projects schema`"


def _kinds(published: _Published) -> Iterator[tuple[str, Kind]]:
    built_in = built_in_kinds()
    for name, said in published.kinds.items():
        plain = built_in.get(name) or Kind(name, endings=())
        parts = {part: _part(part, getattr(said, part)) for part in said.model_fields_set}
        yield name, plain._replace(**parts)


def _part(part: str, value: Any) -> Any:
    if part == "options":
        return None if value is None else SchemaShape(value)
    if part in ("script_fields", "asset_fields"):
        return SchemaShape(value) if value and value.get("properties") else NO_FIELDS
    return tuple(value) if isinstance(value, list) else value
