"""The values of connections in runs without Dagster: they are variables, as those of secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from pipes_projects.kinds.connections import variable_of
from pipes_projects.manifest.contract import Connection
from pipes_projects.running.connections import (
    ConnectionValue,
    MissingConnectionsError,
    read,
    readable,
)

Connections = Mapping[str, Connection]


def values_of(names: Iterable[str], known: Connections) -> dict[str, ConnectionValue]:
    """The values of connections by name; raises `MissingConnectionsError` for all without one."""
    variables = {
        name: known.get(name, Connection()).variable or variable_of(name) for name in names
    }
    missing = [name for name, variable in variables.items() if not os.environ.get(variable)]
    if missing:
        raise MissingConnectionsError(
            "; ".join(
                f"connection `{name}` has no value here: set the variable `{variables[name]}`, for"
                " example in `.env` in the project's folder"
                for name in missing
            )
        )
    return readable({name: read(os.environ[variable]) for name, variable in variables.items()})
