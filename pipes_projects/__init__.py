"""Grow a Dagster asset graph from scripts and a few lines of YAML.

These are the public names. Each is imported only when it is asked for, so that only those who need
Dagster, or Pydantic, wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipes_projects.codes import Code, Scope, Severity
    from pipes_projects.compiler import Compilation, Memory, compile_sources
    from pipes_projects.compiler.check import CHECKS, Check
    from pipes_projects.diagnostics import (
        Cause,
        Correction,
        DeleteFile,
        Diagnostic,
        Fix,
        Related,
        TextEdit,
    )
    from pipes_projects.emitter import (
        InvalidProjectError,
        PipesAssetManifest,
        PipesProject,
        PipesScript,
        PipesScriptManifest,
    )
    from pipes_projects.files import Files, TextFiles
    from pipes_projects.layout import LayoutError
    from pipes_projects.manifest.asset import AssetFields
    from pipes_projects.manifest.contract import Contract, Kind, Partitions, PartitionWindows
    from pipes_projects.manifest.model import Model, RelativePath, Text, Word
    from pipes_projects.manifest.model.problems import Problem
    from pipes_projects.manifest.model.shapes import Shape
    from pipes_projects.manifest.params import Param
    from pipes_projects.manifest.schedule import CronSchedule
    from pipes_projects.manifest.script import ScriptFields
    from pipes_projects.patterns import PathPatterns
    from pipes_projects.project import Asset, CodePath, DeclaredCheck, Dependency, Project, Script
    from pipes_projects.project_folder import compile_project
    from pipes_projects.schema.contract.reading import ContractError, read_contract
    from pipes_projects.source import (
        Location,
        Position,
        SourceFile,
        Sources,
        Span,
        Unreadable,
        read_sources,
    )

__version__ = "0.1.0"

__all__ = [
    "CHECKS",
    "Asset",
    "AssetFields",
    "Cause",
    "Check",
    "Code",
    "CodePath",
    "Compilation",
    "Contract",
    "ContractError",
    "Correction",
    "CronSchedule",
    "DeclaredCheck",
    "DeleteFile",
    "Dependency",
    "Diagnostic",
    "Files",
    "Fix",
    "InvalidProjectError",
    "Kind",
    "LayoutError",
    "Location",
    "Memory",
    "Model",
    "Param",
    "PartitionWindows",
    "Partitions",
    "PathPatterns",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
    "Position",
    "Problem",
    "Project",
    "Related",
    "RelativePath",
    "Scope",
    "Script",
    "ScriptFields",
    "Severity",
    "Shape",
    "SourceFile",
    "Sources",
    "Span",
    "Text",
    "TextEdit",
    "TextFiles",
    "Unreadable",
    "Word",
    "compile_project",
    "compile_sources",
    "read_contract",
    "read_sources",
]

_HOMES = {
    "codes": ("Code", "Scope", "Severity"),
    "compiler": ("Compilation", "Memory", "compile_sources"),
    "compiler.check": ("CHECKS", "Check"),
    "diagnostics": (
        "Cause",
        "Correction",
        "DeleteFile",
        "Diagnostic",
        "Fix",
        "Related",
        "TextEdit",
    ),
    "emitter": (
        "InvalidProjectError",
        "PipesAssetManifest",
        "PipesProject",
        "PipesScript",
        "PipesScriptManifest",
    ),
    "layout": ("LayoutError",),
    "files": ("Files", "TextFiles"),
    "patterns": ("PathPatterns",),
    "manifest.asset": ("AssetFields",),
    "manifest.contract": ("Contract", "Kind", "PartitionWindows", "Partitions"),
    "manifest.model": ("Model", "RelativePath", "Text", "Word"),
    "manifest.model.problems": ("Problem",),
    "manifest.params": ("Param",),
    "manifest.schedule": ("CronSchedule",),
    "manifest.script": ("ScriptFields",),
    "manifest.model.shapes": ("Shape",),
    "project": ("Asset", "CodePath", "DeclaredCheck", "Dependency", "Project", "Script"),
    "project_folder": ("compile_project",),
    "schema.contract.reading": ("ContractError", "read_contract"),
    "source": (
        "Location",
        "Position",
        "SourceFile",
        "Sources",
        "Span",
        "Unreadable",
        "read_sources",
    ),
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
