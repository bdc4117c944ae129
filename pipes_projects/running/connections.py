"""The values of connections, as a script's environment has them, and what is secret in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from json import dumps, loads
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.drivers.masked import to_be_masked
from pipes_projects.kinds.launch import Launch
from pipes_projects.running.environment import Environment
from pipes_projects.text.masking import can_be_masked

_SECRET: Final = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|(private|api|access|account)_?key", re.I
)


class ConnectionValue(NamedTuple):
    """A value as a process gets it."""

    text: str
    """Text, such as a URL, or a JSON object."""
    secrets: tuple[str, ...]
    """What is masked wherever it shows up, if it is long enough."""

    @property
    def maskable(self) -> tuple[str, ...]:
        """Those that are."""
        return tuple(filter(can_be_masked, self.secrets))


class MissingConnectionsError(Exception):
    """Some connections have no value, or none that can be read; says for each what to do, before
    anything is started."""


def written(value: str | Mapping[str, Any], secrets: Iterable[str] = ()) -> ConnectionValue:
    """A value of plain data, with what is secret in it: passwords, and the text as a whole."""
    text = value if isinstance(value, str) else dumps(value)
    found = {text, *secrets, *_secrets(value)}
    return ConnectionValue(text, tuple(sorted(found - {""})))


def read(text: str) -> ConnectionValue:
    """A value that is already text, in a variable."""
    try:
        value = loads(text) if text.startswith("{") else text
    except ValueError:
        value = text
    return written(value)._replace(text=text)


def readable(found: dict[str, ConnectionValue]) -> dict[str, ConnectionValue]:
    """The same values; raises `MissingConnectionsError` for those that begin like a mapping and
    are none."""
    told = "begins with `{` and is not JSON: write a mapping in JSON, with texts in double quotes"
    wrong = [name for name, value in found.items() if not _is_readable(value.text)]
    if wrong:
        raise MissingConnectionsError(
            "; ".join(f"the value of connection `{name}` {told}" for name in wrong)
        )
    return found


def _is_readable(text: str) -> bool:
    if text.startswith("{"):
        try:
            loads(text)
        except ValueError:
            return False
    return True


def with_masked(environment: Environment, launch: Launch) -> Environment:
    """The environment of a script, whose driver may have to know what is secret in it."""
    if not launch.keeps_output or not environment.secrets:
        return environment
    told = to_be_masked(environment.secrets)
    return environment._replace(variables={**environment.variables, **told})


def with_connections(
    environment: Environment, connections: Mapping[str, ConnectionValue]
) -> Environment:
    """The environment of a script, with the values of its connections."""
    if not connections:
        return environment
    variables = {variable_of(name): value.text for name, value in connections.items()}
    secrets = {secret for value in connections.values() for secret in value.maskable}
    short = (name for name, value in connections.items() if value.maskable != value.secrets)
    return Environment(
        {**environment.variables, **variables},
        tuple(sorted({*environment.secrets, *secrets})),
        (*environment.unmasked, *(f"a part of connection `{name}`" for name in short)),
    )


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _in_url(value)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part) if _SECRET.search(str(name)) else _secrets(part)
    elif isinstance(value, list):
        for part in value:
            yield from _secrets(part)


def _in_url(text: str) -> Iterator[str]:
    if "://" not in text:
        return
    try:
        url = urlsplit(text)
        password = url.password or ""
    except ValueError:
        return
    named = (value for name, value in parse_qsl(url.query) if _SECRET.search(name))
    for secret in (password, unquote(password), *named):
        if secret:
            yield secret


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, Mapping) else value
    for part in parts if isinstance(value, Mapping | list) else ():
        yield from _texts(part)
