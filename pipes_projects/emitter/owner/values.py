"""What the properties of views have in common: mappings that are merged, and added fields."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Mapping
from json import dumps
from typing import Any

from pydantic import BaseModel

from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.script import ScriptFields


def properties_of(view: type) -> tuple[str, ...]:
    """The names of the properties that a class of views declares, in their order."""
    return tuple(name for name, member in vars(view).items() if isinstance(member, property))


def given(mapping: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: value for key, value in (mapping or {}).items() if value is not None}


def over(above: dict[str, Any], own: AssetFields, name: str) -> dict[str, Any]:
    """The asset's own entries over the inherited ones; null removes an entry."""
    mine = getattr(own, name)
    if mine is None:
        return {} if name in own.model_fields_set else above
    return {key: value for key, value in {**above, **mine}.items() if value is not None}


def as_json(added: Mapping[str, Any]) -> str:
    return dumps(dict(added))


def added(view: Any, model: type[BaseModel], name: str) -> Any:
    """An added field's value; anything else is not an attribute."""
    if hasattr(type(view), name):  # a property of this name raised an AttributeError: pass it on
        return object.__getattribute__(view, name)
    if name in _BUILT_IN or name not in model.model_fields:
        raise AttributeError(f"{type(view).__name__} has no attribute {name!r}")
    return getattr(view.added_fields, name)


_BUILT_IN = AssetFields.model_fields.keys() | ScriptFields.model_fields.keys()
