"""Parameters → a step's config in Dagster, which launches, schedules and backfills may set."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Mapping
from functools import cached_property, lru_cache
from json import dumps
from typing import Any

import dagster as dg
from pydantic import TypeAdapter

from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.params import Param, limit

_MOST = 1024
"""How many schemas are cached: Dagster makes one for each op, or accepts a ready-made one."""
_PARAMS = TypeAdapter(dict[str, Param])
_TYPES: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "list": dg.Array(dg.Noneable(dg.Any)),  # else Dagster fails where an entry is null
}


class _SharedField(dg.Field):
    """The config of many steps, for each of which Dagster asks for the defaults as JSON, twice."""

    @cached_property
    def default_value_as_json_str(self) -> str:
        return super().default_value_as_json_str


def _schema(fields: Mapping[str, dg.Field]) -> Any:
    shared = _SharedField(dict(fields))
    return dg.OpDefinition(lambda: None, "none", config_schema=shared).config_schema


NO_CONFIG: Any = _schema({})
"""The config of a step without parameters: giving it any is an error, not ignored."""


def config_schema(params: Mapping[str, Param]) -> Any:
    """The config of a step with these parameters."""
    if not params:
        return NO_CONFIG
    return _made(_PARAMS.dump_json(dict(params)))


@lru_cache(maxsize=_MOST)
def _made(params: bytes) -> Any:
    """Equal declarations, as JSON, share one schema."""
    declared = _PARAMS.validate_json(params)
    return _schema({name: _field(param) for name, param in declared.items()})


def _field(param: Param) -> dg.Field:
    return dg.Field(
        _type(param),
        default_value=param.default,
        is_required=False,
        description=_description(param),
    )


def _type(param: Param) -> Any:
    kind = param.effective_type or "string"
    if kind != "string" or not param.choices:
        return _TYPES[kind]
    # Dagster treats enums of the same name as one, so the name is made of their values.
    return dg.Enum(_enum_name(param.choices), [dg.EnumValue(choice) for choice in param.choices])


def _enum_name(choices: list[str]) -> str:
    return " | ".join(
        dumps(choice) if {"|", '"'}.intersection(choice) else choice for choice in choices
    )


def _description(param: Param) -> str | None:
    """The author's words and the limits, which Dagster has no place for."""
    limits = [
        f"{name}: {limit(value) if isinstance(value, float) else value}"
        for name in ("minimum", "maximum", "pattern")
        if (value := getattr(param, name)) is not None
    ]
    if param.choices and param.effective_type != "string":
        limits.append(f"choices: {', '.join(map(flow, param.choices))}")
    words = [*([param.description] if param.description else []), *limits]
    return "\n".join(words) or None
