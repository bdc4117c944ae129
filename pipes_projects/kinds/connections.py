"""How the value of a connection gets to a script: by one environment variable for each name."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from json import loads
from typing import Any, Final

_PREFIX: Final = "PIPES_PROJECTS_CONNECTION_"


def variable_of(name: str) -> str:
    """The variable that has the value of a connection, in a script's environment; also the usual
    one for runs without Dagster."""
    return _PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def connection(name: str, environment: Mapping[str, str] = os.environ) -> Any:
    """The value of a connection, for the driver of a kind: text, such as a URL, or a mapping.

    Raises `LookupError` if this process was not given one.
    """
    text = environment[variable_of(name)]
    return loads(text) if text.startswith("{") else text
