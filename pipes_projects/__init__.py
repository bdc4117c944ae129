"""Grow a Dagster asset graph from scripts and a few lines of YAML.

These are the public names. Each is imported only when it is asked for, so that only those who need
Dagster, or Pydantic, wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipes_projects.version import VERSION

if TYPE_CHECKING:
    from pipes_projects.analysis.code_version.parts import CodePart, CoveredCode
    from pipes_projects.analysis.explanation import Explained
    from pipes_projects.analysis.picture.making import picture_sources
    from pipes_projects.analysis.picture.model import AssetPicture, OtherAsset, Picture
    from pipes_projects.analysis.value_history import Origin, Saying
    from pipes_projects.codes import Code, Scope, Severity
    from pipes_projects.compiler import Compilation, Memory, compile_sources
    from pipes_projects.compiler.check import CHECKS, Check
    from pipes_projects.diagnostics import (
        Addition,
        Cause,
        Correction,
        DeleteFile,
        Diagnostic,
        Fix,
        Related,
        TextEdit,
    )
    from pipes_projects.disk.files import Files, TextFiles
    from pipes_projects.disk.patterns import PathPatterns
    from pipes_projects.emitter import (
        InvalidProjectError,
        PipesAssetManifest,
        PipesProject,
        PipesScript,
        PipesScriptManifest,
    )
    from pipes_projects.emitter.owner.key_table import KeyTable
    from pipes_projects.emitter.owner.published.catalog import Catalog
    from pipes_projects.kinds import Launch
    from pipes_projects.kinds.launch import Python
    from pipes_projects.layout import LayoutError
    from pipes_projects.manifest.asset import AssetFields, Column
    from pipes_projects.manifest.asset_checks import AssetCheck
    from pipes_projects.manifest.contract import (
        Connection,
        Contract,
        Kind,
        Partitions,
        PartitionWindows,
    )
    from pipes_projects.manifest.deps import Upstream
    from pipes_projects.manifest.model import Model, RelativePath, Text, Word
    from pipes_projects.manifest.model.problems import Problem
    from pipes_projects.manifest.model.shapes import Shape
    from pipes_projects.manifest.params import Param
    from pipes_projects.manifest.schedule import CronSchedule
    from pipes_projects.manifest.script import (
        BackfillPolicy,
        ProcessFields,
        RetryPolicy,
        ScriptFields,
    )
    from pipes_projects.manifest.values.environment import Secret
    from pipes_projects.manifest.values.freshness import CronDeadline, FreshnessPolicy, TimeWindow
    from pipes_projects.project import Asset, CodePath, DeclaredCheck, Dependency, Project, Script
    from pipes_projects.project_folder import compile_project
    from pipes_projects.project_folder.picture import picture_project
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

__version__ = VERSION

__all__ = [
    "CHECKS",
    "Addition",
    "Asset",
    "AssetCheck",
    "AssetFields",
    "AssetPicture",
    "BackfillPolicy",
    "Catalog",
    "Cause",
    "Check",
    "Code",
    "CodePart",
    "CodePath",
    "Column",
    "Compilation",
    "Connection",
    "Contract",
    "ContractError",
    "Correction",
    "CoveredCode",
    "CronDeadline",
    "CronSchedule",
    "DeclaredCheck",
    "DeleteFile",
    "Dependency",
    "Diagnostic",
    "Explained",
    "Files",
    "Fix",
    "FreshnessPolicy",
    "InvalidProjectError",
    "KeyTable",
    "Kind",
    "Launch",
    "LayoutError",
    "Location",
    "Memory",
    "Model",
    "Origin",
    "OtherAsset",
    "Param",
    "PartitionWindows",
    "Partitions",
    "PathPatterns",
    "Picture",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
    "Position",
    "Problem",
    "ProcessFields",
    "Project",
    "Python",
    "Related",
    "RelativePath",
    "RetryPolicy",
    "Saying",
    "Scope",
    "Script",
    "ScriptFields",
    "Secret",
    "Severity",
    "Shape",
    "SourceFile",
    "Sources",
    "Span",
    "Text",
    "TextEdit",
    "TextFiles",
    "TimeWindow",
    "Unreadable",
    "Upstream",
    "Word",
    "compile_project",
    "compile_sources",
    "picture_project",
    "picture_sources",
    "read_contract",
    "read_sources",
]

_HOMES = {
    "analysis.code_version.parts": ("CodePart", "CoveredCode"),
    "analysis.explanation": ("Explained",),
    "analysis.picture.making": ("picture_sources",),
    "analysis.picture.model": ("AssetPicture", "OtherAsset", "Picture"),
    "analysis.value_history": ("Origin", "Saying"),
    "codes": ("Code", "Scope", "Severity"),
    "compiler": ("Compilation", "Memory", "compile_sources"),
    "compiler.check": ("CHECKS", "Check"),
    "diagnostics": (
        "Addition",
        "Cause",
        "Correction",
        "DeleteFile",
        "Diagnostic",
        "Fix",
        "Related",
        "TextEdit",
    ),
    "disk.files": ("Files", "TextFiles"),
    "disk.patterns": ("PathPatterns",),
    "emitter": (
        "InvalidProjectError",
        "PipesAssetManifest",
        "PipesProject",
        "PipesScript",
        "PipesScriptManifest",
    ),
    "emitter.owner.key_table": ("KeyTable",),
    "emitter.owner.published.catalog": ("Catalog",),
    "kinds": ("Launch",),
    "kinds.launch": ("Python",),
    "layout": ("LayoutError",),
    "manifest.asset": ("AssetFields", "Column"),
    "manifest.asset_checks": ("AssetCheck",),
    "manifest.contract": ("Connection", "Contract", "Kind", "Partitions", "PartitionWindows"),
    "manifest.deps": ("Upstream",),
    "manifest.model": ("Model", "RelativePath", "Text", "Word"),
    "manifest.model.problems": ("Problem",),
    "manifest.model.shapes": ("Shape",),
    "manifest.params": ("Param",),
    "manifest.schedule": ("CronSchedule",),
    "manifest.script": ("BackfillPolicy", "ProcessFields", "RetryPolicy", "ScriptFields"),
    "manifest.values.environment": ("Secret",),
    "manifest.values.freshness": ("CronDeadline", "FreshnessPolicy", "TimeWindow"),
    "project": ("Asset", "CodePath", "DeclaredCheck", "Dependency", "Project", "Script"),
    "project_folder": ("compile_project",),
    "project_folder.picture": ("picture_project",),
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
