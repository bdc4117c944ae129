"""Texts that are not expressions: paths of scripts and manifests, and names without an
attribute."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from pipes_projects.analysis.selection.expressions import SelectionProblem
from pipes_projects.analysis.selection.tokens import ANSWERABLE, ENDS
from pipes_projects.project import Project, Script
from pipes_projects.spelling import similar

_BARE: Final = re.compile(r"([0-9]*\+\s*)?([^\s+:=\"(),]+)(\s*\+[0-9]*)?")


def scripts_at(project: Project, text: str, here: str, root: str) -> list[Script]:
    """The scripts that a text names by file or manifest, relative to a folder or to the project."""
    paths = {_path(text, folder, root) for folder in (here, root)}
    return [
        script
        for script in project.scripts
        if not paths.isdisjoint((script.path, script.location.path))
    ]


def _path(text: str, folder: str, root: str) -> str:
    """The path relative to the project, with slashes."""
    text, folder, root = (path.replace("\\", "/") for path in (text.strip(), folder, root))
    is_whole = re.match(r"/|[A-Za-z]:/", text)
    path = posixpath.normpath(text if is_whole else posixpath.join(folder, text))
    top = posixpath.normpath(root) if root else ""
    return path.removeprefix(f"{top.rstrip('/')}/") if top else path


def bare_name(project: Project, text: str) -> SelectionProblem | None:
    """What a name without an attribute means; None for any other text."""
    match = _BARE.fullmatch(text.strip())
    if match is None or match[2] == "*" or match[2] in _WORDS:
        return None
    offset = text.index(match[2])
    if posixpath.splitext(match[2])[1] and match[2] not in _keys(project):
        return _no_such_file(project, match[2], offset)
    forms = list(_forms(project, match[2]))
    name = similar(match[2], (asset.key for asset in project.assets()), "an asset")
    written = forms or [f'key:"{match[2]}"']
    whole = [f"{match[1] or ''}{form}{match[3] or ''}" for form in written]
    help_ = "write " + " or ".join(f"`{form}`" for form in whole)
    if name and not forms:
        help_ += f"; {name}"
    return SelectionProblem(f"`{match[2]}` is a name without an attribute", help_, offset)


def _forms(project: Project, name: str) -> Iterator[str]:
    """The selections that a name could stand for, with their attributes."""
    keys, plain = _keys(project), name.replace("\\", "/").strip("*/")
    plain = plain.removeprefix(f"{project.defs}/")  # a folder's path
    if plain == project.defs:
        yield "*"
    elif plain in keys:
        yield f'key:"{plain}"'
    elif plain in {script.group for script in project.scripts}:
        yield f'group:"{plain}"'
    elif named := [key for key in sorted(keys) if key.rpartition("/")[2] == plain]:
        yield from (f'key:"{key}"' for key in named[:3])
    elif "*" in name:
        yield f'key:"{name}"'


def _no_such_file(project: Project, path: str, offset: int) -> SelectionProblem:
    known = [
        path for script in project.scripts for path in (script.path, script.location.path) if path
    ]
    help_ = similar(path.replace("\\", "/"), known, "a file") or "`pipes-projects list` shows them"
    message = f"`{path}` is neither a script nor a manifest of the project"
    return SelectionProblem(message, help_, offset)


def _keys(project: Project) -> frozenset[str]:
    return project.asset_keys.union(asset.key for asset in project.assets())


_WORDS: Final = frozenset({*ANSWERABLE, *ENDS, "not", "and", "or", "NOT", "AND", "OR"})
