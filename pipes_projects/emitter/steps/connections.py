"""The values of connections, from whatever the owner's `connections()` returned."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import dagster as dg
from pydantic import BaseModel, SecretBytes, SecretStr

from pipes_projects.running.connections import (
    ConnectionValue,
    MissingConnectionsError,
    readable,
    written,
)


class _UnsetError(Exception):
    """A variable is not set; the message is its name."""


def values_of(names: Iterable[str], connection: Callable[[str], Any]) -> dict[str, ConnectionValue]:
    """The values of connections by name; raises `MissingConnectionsError` for all without one."""
    found: dict[str, ConnectionValue] = {}
    wrong: list[str] = []
    for name in names:
        try:
            value = connection(name)
            found[name] = written(_plain(value), _secrets(value))
        except LookupError:
            wrong.append(f"the platform owner publishes no connection `{name}`")
        except _UnsetError as error:
            what = f"connection `{name}` has no value where the script would run"
            wrong.append(f"{what}: the variable `{error}` is not set")
    if wrong:
        raise MissingConnectionsError("; ".join(wrong))
    return readable(found)


def _plain(value: Any) -> Any:
    """As data for JSON, with the values of variables and secrets."""
    if isinstance(value, dg.EnvVar):
        return _set(value)
    if isinstance(value, SecretStr | SecretBytes):
        return _plain(value.get_secret_value())
    if (parts := _parts(value)) is not None:
        return {str(name): _plain(part) for name, part in parts.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _secrets(value: Any) -> Iterator[str]:
    """What its owner has marked as secret: values of variables, and Pydantic's secrets."""
    if isinstance(value, dg.EnvVar | SecretStr | SecretBytes):
        yield str(_plain(value))
    parts: Iterable[Any] = (_parts(value) or {}).values()
    for part in value if isinstance(value, list | tuple | set | frozenset) else parts:
        yield from _secrets(part)


def _parts(value: Any) -> Mapping[Any, Any] | None:
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    return value if isinstance(value, Mapping) else None


def _set(variable: dg.EnvVar) -> str:
    value = variable.get_value()
    if value is None:
        raise _UnsetError(variable.env_var_name)
    return str(value)
