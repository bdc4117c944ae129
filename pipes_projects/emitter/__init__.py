"""Project → Dagster's definitions. The only part that knows Dagster.

Its public names are imported when they are asked for: `dg` imports a module of this package in
every command.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipes_projects.emitter.loading.errors import InvalidProjectError
    from pipes_projects.emitter.owner.script import PipesScript
    from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
    from pipes_projects.emitter.project import PipesProject

__all__ = [
    "InvalidProjectError",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
]
_HOME_OF = {
    "InvalidProjectError": "loading.errors",
    "PipesAssetManifest": "owner.views",
    "PipesProject": "project",
    "PipesScript": "owner.script",
    "PipesScriptManifest": "owner.views",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
