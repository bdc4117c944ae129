"""How a script is started, whoever starts it: Dagster, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Launch:
    """A process: nothing is looked up or expanded any more, and no shell is involved."""

    command: tuple[str, ...]
    """The program and its arguments."""
    cwd: str
    """The folder to run in, as an absolute path."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables, to be added to those of whoever starts it."""
