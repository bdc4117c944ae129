"""A project's contract, read from its schema: all that `check` needs of what the owner publishes."""

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
    """What the owner published, from a project's schema; the built-in contract where there is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return built_in_contract()
    except (OSError, ValueError, RecursionError) as error:
        raise ContractError(f"{path} cannot be read: {error}") from None
    try:
        published = data[EXTENSION]
        if published["version"] != VERSION:
            raise ContractError(f"{path} is of another version: run `pipes-projects schema`")
        kinds = dict(_kinds(published["kinds"]))
        return Contract(kinds, frozenset(published["asset_keys"]), published=True)
    except (KeyError, TypeError, AttributeError):
        message = f"{path} is not a contract: write it again with `pipes-projects schema`"
        raise ContractError(message) from None


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
