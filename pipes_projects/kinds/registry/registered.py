"""What a package, ours or another, declares about each of its kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipes_projects.kinds.launch import Launch
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.model.shapes import ModelShape

PROCESS: Final = "pipes_projects.emitter.kinds.subprocess"


@dataclass(frozen=True)
class RegisteredKind(Kind):
    """A kind that comes with a package: what authors may write, and what runs their scripts."""

    options: ModelShape | None = None
    launch: Callable[[Path, Any, Path], Launch] | None = None
    """A script's absolute path, its options (an instance of their model) and the project's folder →
    the process that runs it. None for a kind whose scripts are not processes."""
    runner: str = PROCESS
    """The module whose `run(script, context)` runs a script in Dagster; by default the one that
    runs the process of `launch`. It is imported only when a script runs, and is the only one that
    may import Dagster."""
