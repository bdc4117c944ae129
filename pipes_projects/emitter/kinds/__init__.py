"""How scripts of a kind are run in Dagster: one module for each way, imported when a script runs.

Which module runs a kind's scripts, the kind says (`pipes_projects.kinds`).
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import dagster as dg

from pipes_projects.emitter.steps.pipes_context import Told
from pipes_projects.kinds import Launch, registered_kind
from pipes_projects.kinds.registered import PROCESS
from pipes_projects.project import Script


class Runnable(Protocol):
    """What the runners here need of a script."""

    model: Script
    root: Path

    @property
    def manifest(self) -> Any:
        """The script as its manifest describes it."""
        ...

    def launch(self) -> Launch:
        """The process that runs it."""
        ...

    def secret(self, name: str) -> str | None:
        """The value of a secret, by the owner's name for it."""
        ...

    def told(self, context: dg.AssetExecutionContext) -> Told:
        """What it is told of a run."""
        ...

    def context_injector(self, context: dg.AssetExecutionContext) -> dg.PipesContextInjector:
        """What tells a Pipes client's script the same."""
        ...

    def manifest_keys(self) -> Mapping[str, dg.AssetKey]:
        """Its assets: what its manifest calls them, and their keys in Dagster."""
        ...

    def keys_apart(self) -> Mapping[str, dg.AssetKey]:
        """Its assets that are in quarantine."""
        ...


def runner(kind: str) -> Callable[[Any, dg.AssetExecutionContext], Any] | None:
    """What runs scripts of a kind; None for one that the platform owner made up."""
    known = registered_kind(kind)
    if known is None or (known.launch is None and known.runner == PROCESS):
        return None
    run: Callable[[Any, dg.AssetExecutionContext], Any] = import_module(known.runner).run
    return run
