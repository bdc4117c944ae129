"""How scripts of each kind run in Dagster: one module per way, imported when a script runs.

The kind says which module runs its scripts (`pipes_projects.kinds`).
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import dagster as dg

from pipes_projects.kinds import Launch, registered_kind
from pipes_projects.kinds.registry.registered import PROCESS
from pipes_projects.project import Script


class Runnable(Protocol):
    """What the runners here need from a script."""

    model: Script
    root: Path

    @property
    def manifest(self) -> Any:
        """The script as its manifest describes it."""
        ...

    @property
    def code_place(self) -> tuple[Path, Path]:
        """The file that is run, and the folder of the project that it is in, or of a copy."""
        ...

    @property
    def published_location(self) -> str | None:
        """Where its deployer published it; None without a deployment."""
        ...

    @property
    def kind_options(self) -> Any:
        """The options of its kind, as its manifest has them."""
        ...

    @property
    def params(self) -> Mapping[str, Any]:
        """The values of its parameters."""
        ...

    @property
    def deployment(self) -> Mapping[str, Any]:
        """The deployment that it belongs to."""
        ...

    def launch(self) -> Launch:
        """The process that runs it."""
        ...

    def secret(self, name: str) -> str | None:
        """The value of a secret, by the owner's name for it."""
        ...

    def connection(self, name: str) -> Any:
        """What the owner's `connections()` returned for a name; raises KeyError if nothing."""
        ...

    def told(self, context: dg.AssetExecutionContext, data: Mapping[str, Any]) -> dict[str, Any]:
        """What Dagster would tell it about a run → what it is told."""
        ...

    def context_injector(
        self,
        context: dg.AssetExecutionContext,
        inner: dg.PipesContextInjector | None = None,
    ) -> dg.PipesContextInjector:
        """What passes the same information to the script of a Pipes client."""
        ...

    def manifest_keys(self) -> Mapping[str, dg.AssetKey]:
        """Its assets: what its manifest calls them, and their keys in Dagster."""
        ...

    def keys_apart(self) -> Mapping[str, dg.AssetKey]:
        """Its assets that are in quarantine."""
        ...


def runner(kind: str) -> Callable[[Any, dg.AssetExecutionContext], Any] | None:
    """What runs scripts of a kind; None for a kind that the platform owner defined."""
    known = registered_kind(kind)
    if known is None or (known.launch is None and known.runner == PROCESS):
        return None
    run: Callable[[Any, dg.AssetExecutionContext], Any] = import_module(known.runner).run
    return run
