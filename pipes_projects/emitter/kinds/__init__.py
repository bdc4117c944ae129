"""How scripts of each built-in kind are run; one module a kind, imported when a script needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from pipes_projects.kinds.subprocess import SubprocessOptions


@dataclass(frozen=True)
class Runner:
    """A kind's options, and the module whose `run(script, context)` runs a script of it."""

    options: type[BaseModel] | None = None
    module: str | None = None

    @property
    def run(self) -> Callable[..., Any] | None:
        """What starts the script."""
        if self.module is None:
            return None
        run: Callable[..., Any] = import_module(self.module).run
        return run


RUNNERS = {
    "subprocess": Runner(SubprocessOptions, "pipes_projects.emitter.kinds.subprocess"),
}


def runner(kind: str) -> Runner:
    """How a kind runs its scripts; nothing for one that the platform owner made up."""
    return RUNNERS.get(kind, Runner())
