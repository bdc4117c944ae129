"""What `code_paths` names exists, inside the project."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.boundary import LINK_OUT
from pipes_projects.disk.code_paths import fixed_part, is_outside, matched
from pipes_projects.disk.files import Files
from pipes_projects.project import CodePath, Project
from pipes_projects.spelling import nearest

_DEPLOYED = "only what is inside the project is deployed with it: move it there"


def code_path(project: Project) -> Iterator[Diagnostic]:
    """Each of the `code_paths` matches files of the project."""
    named = dict.fromkeys(path for script in project.scripts for path in script.code_paths)
    for wanted in named:  # defaults are reported once
        if is_outside(wanted.path) or project.files.oddity(wanted.path) == LINK_OUT:
            message = f"`{wanted.path}` is outside the project"
            yield Diagnostic(Code.INVALID_VALUE, message, wanted.location, _DEPLOYED)
        elif not matched(wanted.path, project.files):
            yield _without_files(wanted, project.files)


def _without_files(named: CodePath, files: Files) -> Diagnostic:
    message = f"`{named.path}` matches no files"
    if files.is_folder(named.path):
        message = f"the folder `{named.path}` has no files"
    close = nearest(named.path, _candidates(named.path, files))
    similar = f"a file or folder with a similar name exists: `{close}`" if close else None
    help_ = "the path is relative to this file; `*` is any part of a name, `**` any folders"
    return Diagnostic(Code.CODE_PATH_WITHOUT_FILES, message, named.location, similar or help_)


def _candidates(path: str, files: Files) -> Iterator[str]:
    """The files and folders where the fixed part of a path should be."""
    folder = dirname(fixed_part(path)) or "."
    steps = 0 if folder == "." else folder.count("/") + 1
    for file in dict.fromkeys(files.within(folder)):
        yield file
        yield "/".join(file.split("/")[: steps + 1])
