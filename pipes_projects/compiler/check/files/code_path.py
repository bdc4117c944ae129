"""What `code_paths` names exists, inside the project."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from posixpath import dirname, splitext

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.boundary import LINK_OUT
from pipes_projects.disk.code_paths import fixed_part, is_outside, matches_any
from pipes_projects.disk.files import Files
from pipes_projects.project import CodePath, Project
from pipes_projects.spelling import nearest

_DEPLOYED = "only what is inside the project is deployed with it: move it there"
_RELATIVE = "the path is relative to this file; `*` is any part of a name, `**` any folders"
_MOST = 20_000
"""How many names are compared with those that match nothing: finding similar ones takes time."""


def code_path(project: Project) -> Iterator[Diagnostic]:
    """Each of the `code_paths` matches files of the project."""
    named = dict.fromkeys(path for script in project.scripts for path in script.code_paths)
    matches = cache(lambda path: matches_any(path, project.files))
    left = _MOST
    for wanted in named:  # defaults are reported once
        if is_outside(wanted.path) or project.files.oddity(wanted.path) == LINK_OUT:
            message = f"`{wanted.path}` is outside the project"
            yield Diagnostic(Code.INVALID_VALUE, message, wanted.location, _DEPLOYED)
        elif not matches(wanted.path):
            names = _candidates(wanted.path, project.files) if left > 0 else ()
            left -= len(names)
            yield _without_files(wanted, project.files, names)


def _without_files(named: CodePath, files: Files, names: tuple[str, ...]) -> Diagnostic:
    message = f"`{named.path}` matches no files"
    if files.is_folder(named.path):
        message = f"the folder `{named.path}` has no files"
    help_ = _similar(named.path, names) or _RELATIVE
    return Diagnostic(Code.CODE_PATH_WITHOUT_FILES, message, named.location, help_)


def _similar(path: str, names: tuple[str, ...]) -> str | None:
    """The name nearest to a path in their folder, or to a pattern by its ending."""
    folder = f"{dirname(path)}/".lstrip("/")
    inside = [name.removeprefix(folder) for name in names if name.startswith(folder)]
    written = path.removeprefix(folder)
    by_ending = "*" in written
    compared = {splitext(name)[1] if by_ending else name: name for name in inside}
    close = nearest(splitext(written)[1] if by_ending else written, compared)
    if not close:
        return None
    return f"a file or folder with a similar name exists: `{folder}{compared[close]}`"


def _candidates(path: str, files: Files) -> tuple[str, ...]:
    """The files and folders where the fixed part of a path should be."""
    folder = dirname(fixed_part(path)) or "."
    steps = 0 if folder == "." else folder.count("/") + 1
    found = files.within(folder)
    return *found, *dict.fromkeys("/".join(file.split("/")[: steps + 1]) for file in found)
