"""Paths of scripts and manifests: a path selects only on its own, not within an expression."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipes_projects.analysis.selection.advice import UNREAD
from pipes_projects.analysis.selection.expressions import SelectionProblem
from pipes_projects.analysis.selection.grammar import parse
from pipes_projects.compiler.check.files.runnable import ending_of, endings
from pipes_projects.compiler.parse.file_names import group_of
from pipes_projects.project import Project, Script
from pipes_projects.source import MANIFEST_ENDINGS
from pipes_projects.spelling import similar

_HIDDEN: Final = ("_", ".")
"""Files and folders are not read whose names begin like this."""
_AROUND: Final = re.compile(r"(?:[0-9]*\+\s*)?(.+?)(?:\s*\+[0-9]*)?", re.DOTALL)
"""A text, with the layers around it that it asks for."""
_WORD: Final = re.compile(
    r"""(?P<value> "[^"]*"? | [:=]\s*[^\s()"]* )
    | (?P<word> (?:[A-Za-z]:(?=[\\/]))? [^\s()":=,+]+ )""",
    re.VERBOSE,
)
_WHOLE: Final = re.compile(r"[A-Za-z]:[\\/]|[\\/~]")
"""The start of a path that does not depend on a folder: no key has it."""
_DRIVE: Final = re.compile(r"[A-Za-z]:[^\s\"]+\.\w+")
"""A path from the current folder of a drive."""


def scripts_at(project: Project, text: str, here: str, root: str) -> list[Script]:
    """The scripts whose file or manifest a text names, seen from a folder or from the project."""
    paths = {_path(text, folder, root) for folder in (here, root)}
    return [
        script
        for script in project.scripts
        if not paths.isdisjoint((script.path, script.location.path))
    ]


def from_top(text: str, here: str, root: str) -> str:
    """A path that says where it starts, seen from the project; anything else as it is."""
    says_where = _WHOLE.match(text) or re.match(r"\.\.?[\\/]", text)
    return _path(text, here, root) if says_where else text


def _path(text: str, folder: str, root: str) -> str:
    """With slashes, relative to the project."""
    text, folder, root = (path.replace("\\", "/") for path in (text.strip(), folder, root))
    is_whole = re.match(r"/|[A-Za-z]:/", text)
    path = posixpath.normpath(text if is_whole else posixpath.join(folder, text))
    top = posixpath.normpath(root) if root else ""
    return path.removeprefix(f"{top.rstrip('/')}/") if top else path


def path_problem(project: Project, text: str, here: str, root: str) -> SelectionProblem | None:
    """What is wrong with the paths in an expression; None where it has none."""
    for start, end in _candidates(text):
        path = text[start:end]
        if scripts_at(project, path, here, root):
            help_ = f"write `{_with_keys(project, text, here, root)}`"
            return SelectionProblem(f"`{path}` is a path, which takes no operators", help_, start)
        if _is_path(project, path, here, root):
            alone = _alone(project, path, here, root, start)
            return alone or _no_such_file(project, path, root, start)
    return None


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """Where a text may have paths: all of it except its layers, and each word that is no value."""
    around = _AROUND.fullmatch(text.strip())
    if around and '"' not in text:
        before = len(text) - len(text.lstrip())
        yield before + around.start(1), before + around.end(1)
    yield from (match.span() for match in _WORD.finditer(text) if match["word"])


def _with_keys(project: Project, text: str, here: str, root: str) -> str:
    """The expression with keys in place of its paths, or the keys alone if that is not valid."""
    parts: list[str] = []
    known: list[str] = []
    at = 0
    for start, end in _candidates(text):
        keys = _keys(scripts_at(project, text[start:end], here, root))
        if keys and start >= at:
            written = " or ".join(keys)
            parts += [text[at:start], f"({written})" if len(keys) > 1 else written]
            known += keys
            at = end
    whole = "".join((*parts, text[at:])).strip()
    is_clear = not isinstance(parse(whole), SelectionProblem)
    return whole if is_clear else " or ".join(dict.fromkeys(known))


def _keys(scripts: Iterable[Script]) -> list[str]:
    return [f'key:"{asset.key}"' for script in scripts for asset in script.assets]


def _is_path(project: Project, text: str, here: str, root: str) -> bool:
    """Whether a text can only be a path, and not that of a folder in the project."""
    if _DRIVE.fullmatch(text):
        return True
    path = from_top(text, here, root)
    if _WHOLE.match(path):
        return True
    is_name = re.search(r"[\s:(),]", text) or text in project.asset_keys
    return bool(posixpath.splitext(path)[1]) and not is_name


def _alone(
    project: Project, text: str, here: str, root: str, offset: int
) -> SelectionProblem | None:
    """That nothing runs a file which could be a script; None if there is no such file."""
    for path in (_path(text, folder, root) for folder in (here, root)):
        group = group_of(path, project.defs)
        could_be_run = ending_of(path) in endings(project) and group not in project.opaque_groups
        if could_be_run and project.files.is_file(path):
            help_ = _to_be_run(path, project)
            return SelectionProblem(f"no manifest runs `{path}`", help_, offset)
    return None


def _to_be_run(path: str, project: Project) -> str:
    """What makes a file a script of the project."""
    stem, folder = posixpath.splitext(path)[0], posixpath.dirname(path)
    for script in project.scripts:
        if posixpath.splitext(script.location.path)[0] == stem:
            return f"the manifest of its name, `{script.location.path}`, runs another file, or none"
    if folder.startswith(f"{project.defs}/") and not posixpath.basename(path).startswith(_HIDDEN):
        if unread := _unread(folder.removeprefix(f"{project.defs}/")):
            return f"the folder `{unread}` is not read, as its name begins with `{unread[0]}`"
        return f"an empty `{stem}{MANIFEST_ENDINGS[0]}` beside it makes it an asset"
    return f"scripts are in the folders of `{project.defs}/`, and their names do not begin with `_`"


def _unread(folder: str) -> str | None:
    """The first on the way to a folder that is not read."""
    return next((name for name in folder.split("/") if name.startswith(_HIDDEN)), None)


def _no_such_file(project: Project, path: str, root: str, offset: int) -> SelectionProblem:
    if project.files.is_file(path) and group_of(path, project.defs) in project.opaque_groups:
        return SelectionProblem(f"`{path}` belongs to no manifest that can be read", UNREAD, offset)
    known = [
        path for script in project.scripts for path in (script.path, script.location.path) if path
    ]
    help_ = similar(path.replace("\\", "/"), known, "a file") or "`pipes-projects list` shows them"
    if root and _WHOLE.match(_path(path, "", root)):
        help_ = f"the project is in `{root}`"
    message = f"`{path}` is neither a script nor a manifest of the project"
    return SelectionProblem(message, help_, offset)
