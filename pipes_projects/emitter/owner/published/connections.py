"""What `connections()` may return, and what authors see of it: names and types, never values."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import re
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

import dagster as dg
from pydantic import BaseModel

from pipes_projects.emitter.owner.hooks import WrongAnswerError, names, shown
from pipes_projects.kinds.connections import variable_of
from pipes_projects.manifest.contract import Connection


def connections(values: object) -> Mapping[str, Any]:
    """Named connections: URLs, mappings, Pydantic models or dataclasses. No message shows a
    value."""
    if not isinstance(values, Mapping):
        raise WrongAnswerError(
            f"must return a mapping of names to connections, not {type(values).__name__}"
        )
    taken: dict[str, str] = {}
    for name, value in values.items():
        names([name])
        if (other := taken.setdefault(variable_of(name), name)) != name:
            raise WrongAnswerError(
                f"gives `{other}` and `{name}`, which the variable `{variable_of(name)}` cannot"
                " tell apart: rename one"
            )
        if not _can_be_one(value):
            forms = "a URL, an `EnvVar`, a mapping, a Pydantic model or a dataclass"
            given = f"gives {_kind_of(value)} for {shown(name)}"
            raise WrongAnswerError(f"{given}: a connection is {forms}")
    return values


def described(values: Mapping[str, Any]) -> dict[str, Connection]:
    """What authors see of connections."""
    return {name: _described(value) for name, value in values.items()}


def _described(value: Any) -> Connection:
    if isinstance(value, dg.EnvVar):
        return Connection(variable=value.env_var_name)
    if isinstance(value, str):
        scheme = re.match(r"([A-Za-z][A-Za-z0-9]*)(\+\w+)?:", value)
        return Connection(scheme[1].lower() if scheme else "")
    return Connection("" if isinstance(value, Mapping) else type(value).__name__)


def _can_be_one(value: Any) -> bool:
    if isinstance(value, type):
        return False
    return bool(value) if isinstance(value, str) else _has_fields(value)


def _has_fields(value: Any) -> bool:
    return isinstance(value, Mapping | BaseModel) or is_dataclass(value)


def _kind_of(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    return f"the class {name}" if isinstance(value, type) else f"an object of {name}"
