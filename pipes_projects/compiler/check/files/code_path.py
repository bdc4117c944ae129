"""What `code_paths` names exists, inside the project."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from pipes_projects.boundary import LINK_OUT
from pipes_projects.code_paths import fixed_part, is_outside, matched
from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.files import Files
from pipes_projects.project import CodePath, Project
from pipes_projects.spelling import nearest

_DEPLOYED = "only what is inside the project is deployed with it: move it there"


def code_path(project: Project) -> Iterator[Diagnostic]:
    """Each of the `code_paths` matches files of the project."""
    named = dict.fromkeys(path for script in project.scripts for path in script.code_paths)
    for it in named:  # defaults are reported once
        if is_outside(it.path) or project.files.oddity(it.path) == LINK_OUT:
            message = f"`{it.path}` is outside the project"
            yield Diagnostic(Code.INVALID_VALUE, message, it.location, _DEPLOYED)
        elif not matched(it.path, project.files):
            yield _without_files(it, project.files)


def _without_files(it: CodePath, files: Files) -> Diagnostic:
    message = f"`{it.path}` matches no files"
    if files.is_folder(it.path):
        message = f"the folder `{it.path}` has no files"
    close = nearest(it.path, _candidates(it.path, files))
    similar = f"a file or folder with a similar name exists: `{close}`" if close else None
    help_ = "the path is relative to this file; `*` is any part of a name, `**` any folders"
    return Diagnostic(Code.CODE_PATH_WITHOUT_FILES, message, it.location, similar or help_)


def _candidates(path: str, files: Files) -> Iterator[str]:
    """The files and folders where the fixed part of a path should be."""
    folder = dirname(fixed_part(path)) or "."
    steps = 0 if folder == "." else folder.count("/") + 1
    for it in dict.fromkeys(files.within(folder)):
        yield it
        yield "/".join(it.split("/")[: steps + 1])
