"""What changed files affect: scripts, through the script, its manifest, or files it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from pipes_projects.analysis.code_version.parts import FILES, CodeReader
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.project import Project, Script
from pipes_projects.source import MANIFEST_ENDINGS

_CODE: Final = (".py", ".ipynb", ".sql", ".sh", ".r", ".R", ".js", ".mjs", ".rb", ".pl", ".jl")
"""The endings of files that may be part of a script."""


Users = Mapping[str, frozenset[str]]
"""The names of the scripts that each file is part of."""


def touched(
    project: Project, root: Path, changed: Iterable[str], before: Users | None = None
) -> frozenset[str]:
    """The assets of all scripts affected by a change, and everything downstream.

    `changed` are paths relative to the project's folder, with slashes; `before` has the files of
    scripts before the change, among which may be some that are gone.
    """
    paths = frozenset(changed)
    reader = CodeReader(root)
    first = {script.name for script in project.scripts if _is_touched(script, reader, paths)}
    known = {script.name for script in project.scripts}
    lost = {name for path in paths for name in (before or {}).get(path, ())}
    return _with_downstream(project, first | (lost & known))


def users_of(project: Project, root: Path) -> Users:
    """The scripts by the files that make their results, relative to the project's folder."""
    reader = CodeReader(root)
    found: dict[str, set[str]] = {}
    for script in project.scripts:
        for path in _files_of(script, reader):
            found.setdefault(path, set()).add(script.name)
    return {path: frozenset(names) for path, names in found.items()}


def is_code(path: str) -> bool:
    """Whether a file may affect what a script does, even one that none names yet; other files may
    be what scripts write."""
    return path.endswith((*_CODE, *MANIFEST_ENDINGS))


def _is_touched(script: Script, reader: CodeReader, paths: frozenset[str]) -> bool:
    manifest = script.location.path
    if manifest in paths or any(_is_above(path, manifest) for path in paths):
        return True
    return not paths.isdisjoint(_files_of(script, reader))


def _is_above(path: str, manifest: str) -> bool:
    """Whether it is a defaults file that a manifest inherits."""
    file = PurePosixPath(path)
    return file.name.startswith("_defaults.") and manifest.startswith(f"{file.parent}/")


def _files_of(script: Script, reader: CodeReader) -> frozenset[str]:
    """The files that make its result, as its code version covers them."""
    try:
        parts = reader.code(script).parts
    except ScriptUnreadableError:
        return frozenset()
    return frozenset(part.name for part in parts if part.why in FILES)


def _with_downstream(project: Project, names: set[str]) -> frozenset[str]:
    scripts = {script.name: script for script in project.scripts}
    makers = {asset.key: script.name for script in project.scripts for asset in script.assets}
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
