"""Defaults beside `defs/`, where nothing inherits from them."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.misnamed import are_defaults
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import folders_above
from pipes_projects.project import Project
from pipes_projects.source import DEFAULTS_STEM, MANIFEST_ENDINGS, Location


def defaults_outside(project: Project) -> Iterator[Diagnostic]:
    """Defaults are in `defs/`, or below it."""
    for folder in (*folders_above(project.defs), ""):
        for name in (f"{DEFAULTS_STEM}{ending}" for ending in MANIFEST_ENDINGS):
            path = join(folder, name)
            if are_defaults(project.files.content(path), project.kinds):
                yield _outside(path, project)


def _outside(path: str, project: Project) -> Diagnostic:
    message = f"these defaults are outside `{project.defs}/`: no manifest takes them"
    possible = [f"{project.defs}/{DEFAULTS_STEM}{ending}" for ending in MANIFEST_ENDINGS]
    present = next(filter(project.files.is_file, possible), None)
    right = present or f"{project.defs}/{path.rpartition('/')[2]}"
    help_ = (
        f"the defaults of all groups are in `{right}`: {'merge' if present else 'move'} them"
        f" {'into it' if present else 'there'}; a file of another tool can be listed in"
        f' pyproject.toml, under `[tool.pipes-projects]`: `ignore = ["/{path}"]`'
    )
    return Diagnostic(Code.UNUSED_DEFAULTS, message, Location(path), help_)
