"""A project's contract, read from its schema: what `check` knows of what the owner publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipes_projects.manifest.contract import NO_FIELDS, Contract, Kind, SchemaShape, Shape
from pipes_projects.manifest.kinds import built_in_contract, built_in_kinds

Schema = dict[str, Any]
EXTENSION = "x-pipes-projects"
VERSION = 1


class ContractError(Exception):
    """The contract's file cannot be read."""


def read_contract(path: Path) -> Contract:
    """What the owner published, by a project's schema; where there is none, what is built in."""
    if not path.exists():
        return built_in_contract()
    published = extension_at(path)
    try:
        kinds = dict(_kinds(published["kinds"]))
        return Contract(kinds, frozenset(published["asset_keys"]), published=True)
    except (KeyError, TypeError, AttributeError):
        raise _not_a_contract(path) from None


def extension_at(path: Path) -> Schema:
    """The part of a project's schema that is its contract."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from None
    extension = data.get(EXTENSION) if isinstance(data, dict) else None
    if not isinstance(extension, dict) or extension.get("version") != VERSION:
        raise _not_a_contract(path)
    return extension


def _not_a_contract(path: Path) -> ContractError:
    return ContractError(f"{path} is not a contract that this version reads: {_AGAIN}")


_AGAIN = "write it again with `pipes-projects schema`"


def _kinds(published: Schema) -> Iterator[tuple[str, Kind]]:
    built_in = built_in_kinds()
    for name, said in published.items():
        plain = built_in.get(name) or Kind(name, endings=())
        yield name, replace(plain, **{part: _part(part, value) for part, value in said.items()})


def _part(part: str, value: Any) -> Any:
    if part in ("options", "script_fields", "asset_fields"):
        return _shape(value)
    return tuple(value) if isinstance(value, list) else value


def _shape(schema: Schema) -> Shape:
    return SchemaShape(schema) if schema.get("properties") else NO_FIELDS
