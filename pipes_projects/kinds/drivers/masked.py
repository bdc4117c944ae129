"""The secrets that a driver has to mask in what it keeps of a script's output."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Final

_VARIABLE: Final = "PIPES_PROJECTS_MASKED"


def to_be_masked(secrets: Iterable[str]) -> dict[str, str]:
    """How a driver is told."""
    return {_VARIABLE: json.dumps(sorted(secrets))}


def secrets() -> tuple[str, ...]:
    """What this process was told, which those that it starts do not see."""
    return tuple(json.loads(os.environ.pop(_VARIABLE, "[]")))
