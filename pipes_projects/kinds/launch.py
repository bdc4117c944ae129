"""How a script is started, whoever starts it: Dagster, or a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Python:
    """A Python script, which may be for `uv` to run: only its first lines tell."""

    words: tuple[str, ...]
    """The script's path, and its arguments."""
    choice: str | None = None
    """The version or the path of the Python that its manifest names."""
    folders: tuple[str, ...] = ()
    """Where `uv` has to look for the script's packages, the nearest first; nowhere, as a rule."""


@dataclass(frozen=True)
class Launch:
    """A process: nothing is looked up or expanded any more, and no shell is involved."""

    command: tuple[str, ...]
    """The program and its arguments."""
    cwd: str
    """The folder to run in, as an absolute path."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables, to be added to those of whoever starts it."""
    python: Python | None = None
    """What has to be looked at once more when the script runs (`running.interpreter`)."""
