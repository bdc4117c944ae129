"""Defaults beside `defs/`, where nothing inherits from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import folders_above
from pipes_projects.manifest.forms import FIELDS, Defaults
from pipes_projects.project import Project
from pipes_projects.source import DEFAULTS_STEM, MANIFEST_ENDINGS, Location

_KEY = re.compile(rb"^(\w+)[ \t]*:", re.MULTILINE)


def defaults_outside(project: Project) -> Iterator[Diagnostic]:
    """Defaults are in `defs/`, or below it."""
    for folder in (*folders_above(project.defs), ""):
        for name in (f"{DEFAULTS_STEM}{ending}" for ending in MANIFEST_ENDINGS):
            path = join(folder, name)
            if project.files.is_file(path) and _are_defaults(path, project):
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


def _are_defaults(path: str, project: Project) -> bool:
    """Whether a file has a key of defaults: other tools may have files of that name."""
    keys = _KEY.findall(project.files.content(path) or b"")
    return not (FIELDS[Defaults] | project.kinds.keys()).isdisjoint(key.decode() for key in keys)
