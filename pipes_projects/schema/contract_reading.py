"""A project's contract, read from its schema: what `check` knows of what the owner publishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipes_projects.kinds import installed_contract
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    KIND_NAME,
    PARTITION_MAPPINGS,
    Contract,
    Partitions,
)
from pipes_projects.schema.contract_kinds import PublishedKind, read_kind

Schema = dict[str, Any]
EXTENSION = "x-pipes-projects"
VERSION = 1


class ContractError(Exception):
    """The contract's file cannot be read."""


class _PublishedPartitions(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    type: str
    description: str = ""


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    version: int
    kinds: dict[Annotated[str, Field(pattern=f"^{KIND_NAME}$")], PublishedKind]
    asset_keys: list[str]
    partitions_defs: dict[str, _PublishedPartitions] = {}
    partition_mappings: dict[str, str] = dict(PARTITION_MAPPINGS)
    automation_conditions: dict[str, str] = dict(AUTOMATION_CONDITIONS)
    pools: list[str] = []


def read_contract(path: Path) -> Contract:
    """What the owner published, by a project's schema; where there is none, what is installed."""
    if not path.exists():
        return installed_contract()
    try:
        published = _Published.model_validate(extension_at(path))
    except ValidationError:
        raise _not_a_contract(path) from None
    partitions = published.partitions_defs.items()
    return Contract(
        {name: read_kind(name, it) for name, it in published.kinds.items()},
        frozenset(published.asset_keys),
        published=True,
        partitions_defs={name: Partitions(it.type, it.description) for name, it in partitions},
        partition_mappings=published.partition_mappings,
        automation_conditions=published.automation_conditions,
        pools=frozenset(published.pools),
    )


def extension_at(path: Path) -> Schema:
    """The part of a project's schema that is its contract."""
    try:
        data = json.loads(path.read_text("utf-8")) if path.is_file() else None
    except (OSError, ValueError, RecursionError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from None
    extension = data.get(EXTENSION) if isinstance(data, dict) else None
    if not isinstance(extension, dict) or extension.get("version") != VERSION:
        raise _not_a_contract(path)
    return extension


def _not_a_contract(path: Path) -> ContractError:
    return ContractError(f"{path} is not a contract that this version reads: {_AGAIN}")


_AGAIN = "write it again with `pipes-projects schema`"
