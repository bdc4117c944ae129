"""What must hold across manifests: one table of checks, each a function of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipes_projects.compiler.check.dependency_cycle import dependency_cycle, script_cycle
from pipes_projects.compiler.check.duplicate_asset import duplicate_asset
from pipes_projects.compiler.check.files.case_collision import case_collision
from pipes_projects.compiler.check.files.code_path import code_path
from pipes_projects.compiler.check.files.defaults_outside import defaults_outside
from pipes_projects.compiler.check.files.script_not_run import script_not_run
from pipes_projects.compiler.check.files.script_text import script_text
from pipes_projects.compiler.check.files.script_without_manifest import script_without_manifest
from pipes_projects.compiler.check.missing_package import missing_package
from pipes_projects.compiler.check.partitions import (
    conflicting_partition_mapping,
    partition_mismatch,
)
from pipes_projects.compiler.check.schedule_order import schedule_order
from pipes_projects.compiler.check.sql.params import sql_params
from pipes_projects.compiler.check.sql.reads import sql_reads
from pipes_projects.compiler.check.unknown_dependency import unknown_dependency
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Project

Check = Callable[[Project], Iterator[Diagnostic]]


WITHOUT_READING: tuple[Check, ...] = (
    duplicate_asset,
    unknown_dependency,
    dependency_cycle,
    script_cycle,
    conflicting_partition_mapping,
    partition_mismatch,
    schedule_order,
    case_collision,
    code_path,
    script_not_run,
    missing_package,
)
"""These need only the manifests and the names of files."""

WITH_FIXES: tuple[Check, ...] = (*WITHOUT_READING, sql_reads)
"""These have findings with a fix."""

CHECKS: tuple[Check, ...] = (
    *(*WITH_FIXES, sql_params, script_text, script_without_manifest, defaults_outside),
)
"""These also read scripts and other files; only `check` reports what they find."""
