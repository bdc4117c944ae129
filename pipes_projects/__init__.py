"""Grow a Dagster asset graph from scripts and a few lines of YAML.

The public names; each is imported when it is asked for, so that only those who need Dagster,
or Pydantic, wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipes_projects.codes import Code, Severity
    from pipes_projects.compiler import Compilation, compile_sources
    from pipes_projects.diagnostics import Diagnostic
    from pipes_projects.emitter import (
        InvalidProjectError,
        PipesAssetManifest,
        PipesProject,
        PipesScript,
        PipesScriptManifest,
    )
    from pipes_projects.layout import LayoutError
    from pipes_projects.manifest.asset import AssetFields
    from pipes_projects.manifest.model import Model, RelativePath, Text
    from pipes_projects.manifest.schedule import CronSchedule
    from pipes_projects.manifest.script import ScriptFields
    from pipes_projects.project_folder import compile_project

__version__ = "0.1.0"

__all__ = [
    "AssetFields",
    "Code",
    "Compilation",
    "CronSchedule",
    "Diagnostic",
    "InvalidProjectError",
    "LayoutError",
    "Model",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
    "RelativePath",
    "ScriptFields",
    "Severity",
    "Text",
    "compile_project",
    "compile_sources",
]

_HOMES = {
    "compiler": ("Compilation", "compile_sources"),
    "diagnostics": ("Code", "Diagnostic", "Severity"),
    "emitter": (
        "InvalidProjectError",
        "PipesAssetManifest",
        "PipesProject",
        "PipesScript",
        "PipesScriptManifest",
    ),
    "layout": ("LayoutError",),
    "manifest.asset": ("AssetFields",),
    "manifest.model": ("Model", "RelativePath", "Text"),
    "manifest.schedule": ("CronSchedule",),
    "manifest.script": ("ScriptFields",),
    "project_folder": ("compile_project",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "dagster":
            raise
        message = f"`{name}` needs Dagster: install `pipes-projects[dagster]`"
        raise ImportError(message) from error


def __dir__() -> list[str]:
    return __all__
