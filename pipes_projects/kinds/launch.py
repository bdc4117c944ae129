"""How a script is started, whether by Dagster or in a terminal."""

from __future__ import annotations

import os.path
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Python:
    """A Python script, perhaps to be run by `uv`, which only its first lines tell."""

    words: tuple[str, ...]
    """The script's path, and its arguments."""
    choice: str | None = None
    """The version or the path of the Python that its manifest names."""
    folders: tuple[str, ...] = ()
    """Folders where `uv` looks for the script's packages, the nearest first; usually none."""


@dataclass(frozen=True)
class Launch:
    """A process, with nothing left to look up or expand, and no shell involved."""

    command: tuple[str, ...]
    """The program and its arguments."""
    cwd: str
    """The folder to run in, as an absolute path."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment variables, added to those of the parent process."""
    python: Python | None = None
    """What is to be looked up again when the script runs (`running.interpreter`)."""
    connections: tuple[str, ...] = ()
    """The connections whose values it finds in its environment (`kinds.connections`)."""
    runs_elsewhere: bool = False
    """Whether the process takes the script somewhere else, and needs an errand for it
    (`kinds.drivers.errand`)."""
    keeps_output: bool = False
    """Whether it keeps what the script shows, and so must know what to mask
    (`kinds.drivers.masked`)."""


def driven_by(module: str, *words: str, cwd: str, connections: tuple[str, ...] = ()) -> Launch:
    """The launch of something that is no program of its own: a module of ours, which runs it.

    No folder is put in front of what is imported, so that files beside a script hide nothing.
    """
    return Launch((sys.executable, "-P", "-u", "-m", module, *words), cwd, connections=connections)


def shown(script: Path, root: Path) -> str:
    """A script, as its driver names it: by its path in the project."""
    return os.path.relpath(script, root) if script.is_relative_to(root) else script.name
