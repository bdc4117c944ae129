"""A project's contract, read from its schema: what `check` knows about what the owner publishes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipes_projects.disk.boundary import LeadsOutError, NotAFolderError, refuse_no_folder
from pipes_projects.disk.writing import current
from pipes_projects.kinds import installed_contract
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    KIND_NAME,
    PARTITION_MAPPINGS,
    Connection,
    Contract,
    Partitions,
    PartitionWindows,
)
from pipes_projects.schema import Schema
from pipes_projects.schema.contract.kinds import PublishedKind, read_kind

EXTENSION = "x-pipes-projects"
VERSION = 1


class ContractError(Exception):
    """The contract's file cannot be read."""


class _PublishedPartitions(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    type: str
    description: str = ""
    windows: _PublishedWindows | None = None
    keys: list[str] | None = None
    dimensions: dict[str, _PublishedPartitions] | None = None


class _PublishedWindows(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    cron_schedule: str
    format: str
    start: str
    timezone: str = "UTC"
    end: str | None = None
    end_offset: int = 0
    exclusions: list[str] = []


class _PublishedConnection(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    type: str = ""
    variable: str = ""


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    version: int
    kinds: dict[Annotated[str, Field(pattern=f"^{KIND_NAME}$")], PublishedKind]
    asset_keys: list[str]
    partitions_defs: dict[str, _PublishedPartitions] = {}
    partition_mappings: dict[str, str] = dict(PARTITION_MAPPINGS)
    automation_conditions: dict[str, str] = dict(AUTOMATION_CONDITIONS)
    pools: list[str] = []
    script_defaults: dict[str, Any] = {}
    run_by_owner: list[str] = []
    connections: dict[str, _PublishedConnection] = {}


def read_contract(path: Path) -> Contract:
    """What the owner published, according to a project's schema; without one, what is installed."""
    return contract_in(read_schema(path), path)


def contract_in(schema: Schema | None, path: Path) -> Contract:
    """What the owner published, according to a project's schema that was read from a path."""
    if schema is None:
        return installed_contract()
    try:
        published = _Published.model_validate(_extension(schema, path))
    except ValidationError:
        raise _not_a_contract(path) from None
    partitions = published.partitions_defs.items()
    return Contract(
        {name: read_kind(name, kind) for name, kind in published.kinds.items()},
        frozenset(published.asset_keys),
        published=True,
        partitions_defs={name: _partitions(definition) for name, definition in partitions},
        partition_mappings=published.partition_mappings,
        automation_conditions=published.automation_conditions,
        pools=frozenset(published.pools),
        script_defaults=published.script_defaults,
        run_by_owner=frozenset(published.run_by_owner),
        connections={
            name: Connection(one.type, one.variable) for name, one in published.connections.items()
        },
    )


def _partitions(published: _PublishedPartitions) -> Partitions:
    keys, of = published.keys, published.dimensions
    return Partitions(
        published.type,
        published.description,
        _windows(published.windows),
        None if keys is None else tuple(keys),
        None if of is None else {name: _partitions(part) for name, part in of.items()},
    )


def _windows(published: _PublishedWindows | None) -> PartitionWindows | None:
    if published is None:
        return None
    return PartitionWindows(**{**published.model_dump(), "exclusions": tuple(published.exclusions)})


def extension_at(path: Path) -> Schema:
    """The part of a project's schema that is its contract."""
    return _extension(read_schema(path) or {}, path)


def read_schema(path: Path) -> Schema | None:
    """A project's schema; None where there is no file."""
    root = path.parent.parent  # in the project: see `CONTRACT`
    try:
        refuse_no_folder(path.parent, root)
        if not os.path.lexists(path):
            return None
        text = current(root, str(path.relative_to(root)))
        data = json.loads(text or "null")
    except (LeadsOutError, NotAFolderError) as error:
        raise ContractError(str(error)) from None
    except OSError as error:
        raise ContractError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:  # such as Git's marks of a conflict
        raise ContractError(f"{path} cannot be read: {error}: {_AGAIN}") from None
    if text is None:
        raise ContractError(f"{path} is a link to nothing: {_AGAIN}")
    return data if isinstance(data, dict) else {}


def _extension(schema: Schema, path: Path) -> Schema:
    extension = schema.get(EXTENSION)
    if not isinstance(extension, dict) or extension.get("version") != VERSION:
        raise _not_a_contract(path)
    return extension


def names_in(text: str) -> Iterator[str]:
    """Every name that the text of a contract publishes; none if it is not a contract."""
    try:
        extension = json.loads(text)[EXTENSION]
        for part in _PUBLISHED:
            yield from filter(lambda name: isinstance(name, str), extension.get(part, ()))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return


_PUBLISHED = (
    *("kinds", "asset_keys", "partitions_defs", "partition_mappings", "automation_conditions"),
    *("pools", "connections"),
)


def _not_a_contract(path: Path) -> ContractError:
    return ContractError(f"{path} is not a contract that this version reads: {_AGAIN}")


_AGAIN = "write it again with `pipes-projects schema`"
