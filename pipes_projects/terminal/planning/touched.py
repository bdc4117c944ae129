"""What changed files affect: scripts, through the script, its manifest, or files it names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pipes_projects.boundary import open_file
from pipes_projects.project import Project, Script
from pipes_projects.source import MANIFEST_ENDINGS

_CODE: Final = (".py", ".sql", ".sh", ".r", ".R", ".js", ".mjs", ".rb", ".pl", ".jl")
"""The endings of files that may be part of a script."""


def touched(project: Project, root: Path, changed: Iterable[str]) -> frozenset[str]:
    """The assets of all scripts affected by a change, and everything downstream.

    `changed` are paths relative to the project's folder, with slashes.
    """
    paths = frozenset(changed)
    first = {script.name for script in project.scripts if _is_touched(script, project, root, paths)}
    return _with_downstream(project, first)


def is_code(path: str) -> bool:
    """Whether a file may affect what a script does; files that scripts write are ignored."""
    return path.endswith((*_CODE, *MANIFEST_ENDINGS))


def _is_touched(script: Script, project: Project, root: Path, paths: frozenset[str]) -> bool:
    if script.path in paths or script.location.path in paths:
        return True
    if any(_is_above(path, script.location.path) for path in paths):
        return True
    code = {path for path in paths if path.endswith(_CODE) and path.startswith(f"{project.defs}/")}
    known = {it.path for it in project.scripts}
    return bool(code - known) and not code.isdisjoint(_named(script, root, code - known))


def _is_above(path: str, manifest: str) -> bool:
    """Whether it is a defaults file that a manifest inherits."""
    file = PurePosixPath(path)
    return file.name.startswith("_defaults.") and manifest.startswith(f"{file.parent}/")


def _named(script: Script, root: Path, helpers: Iterable[str]) -> Iterator[str]:
    """Files whose names appear anywhere in the script's text."""
    text = _text(root, script.path) if script.path else ""
    for path in helpers:
        if re.search(rf"\b{re.escape(PurePosixPath(path).stem)}\b", text):
            yield path


def _text(root: Path, path: str) -> str:
    try:
        with open_file(os.path.join(root, path)) as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _with_downstream(project: Project, names: set[str]) -> frozenset[str]:
    scripts = {it.name: it for it in project.scripts}
    makers = {asset.key: it.name for it in project.scripts for asset in it.assets}
    below: dict[str, set[str]] = {}
    for script in project.scripts:
        for dep in (dep for asset in script.assets for dep in asset.deps):
            below.setdefault(makers.get(dep.key, ""), set()).add(script.name)
    pending, found = [*names], set(names)
    while pending:
        more = below.get(pending.pop(), set()) - found
        found |= more
        pending += more
    return frozenset(asset.key for name in found for asset in scripts[name].assets)
