"""What the options of a kind say of a process, and will not do when it is started."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import dirname, join, normpath
from typing import Any

from pydantic import BaseModel

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.layers import Origins
from pipes_projects.compiler.parse.document import KeyPath
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.files import Files
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.marks import Patterns, marked
from pipes_projects.manifest.model import AsItStands, Folder

_PLACEHOLDER = re.compile(
    r"""\$\{\{.{0,200}?\}\}             # of CI systems
    | \{\{-?\s{0,9}\w(?:(?!\s\.|\}\}).){0,200}\}\}  # of Jinja; Go's `{{.Name}}` is another matter
    | \{%.{0,200}?%\}
    | \$\{\w[^{}]{0,200}\}
    | \$\([^()]{1,200}\)
    | (?<![\w$\\])\$[A-Za-z_]\w*   # a word that begins like this; `pa$word` may be meant
    | (?<![$\\])\$[A-Z_][A-Z0-9_]*\b
    """,
    re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_CODE_FOLLOWS = re.compile(r"-[A-Za-z]*[ceE]|--(?:eval|exec|command|expression)")
_EXPANDING = frozenset({"ssh", "awk", "gawk", "mawk", "nawk", "jq", "yq", "make", "just", "eval"})
"""Programs that expand such words themselves, or hand them to a shell."""


def launch_problems(
    kind: Kind, options: Mapping[str, Any], origin: Origins, files: Files
) -> Iterator[Diagnostic]:
    """Of options that are valid."""
    model = _model(kind)
    if model is None or not options:
        return
    folders, verbatim = _patterns(model)
    for path, value in _texts(options, ()):
        if path in folders:
            yield from _missing_folder(value, (kind.name, *path), origin, files)
    if not _expands(options.get("command")):
        for path, value in _texts(_without_code(options), ()):
            if path in verbatim:
                yield from _unexpanded(value, (kind.name, *path), origin)


def _model(kind: Kind) -> type[BaseModel] | None:
    model: type[BaseModel] | None = getattr(kind.options, "model", None)
    return model


@cache
def _patterns(model: type[BaseModel]) -> tuple[Patterns, Patterns]:
    """Where folders are named, and text for programs; a command may be written as one text."""
    verbatim = marked(model, AsItStands)
    as_text = (path[:-1] for path in verbatim if path == ("command", "*"))
    return Patterns(marked(model, Folder)), Patterns((*verbatim, *as_text))


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    pairs = value.items() if isinstance(value, Mapping) else ()
    for step, part in (*pairs, *(enumerate(value) if isinstance(value, list) else ())):
        yield from _texts(part, (*path, step))


def _missing_folder(
    value: str, path: KeyPath, origin: Origins, files: Files
) -> Iterator[Diagnostic]:
    place = origin.value(*path)
    folder = normpath(join(dirname(place.path), value))
    if folder.startswith(("/", "..")) or files.is_folder(folder):  # of others nobody knows here
        return
    is_file = files.is_file(folder)
    message = f"`{folder}` is a file" if is_file else f"there is no folder `{folder}`"
    help_ = "the script is to be run in it; the path is relative to this file"
    if "$" in value or value.startswith("~"):
        help_ = "this is a path as it stands: nothing in it is expanded"
    yield Diagnostic(Code.MISSING_FOLDER, message, place, help_)


def _unexpanded(value: str, path: KeyPath, origin: Origins) -> Iterator[Diagnostic]:
    if found := _PLACEHOLDER.search(value):
        word = found[0]
        variable = _VARIABLE.match(word)
        help_ = "manifests are not templates: write the value, or have the script find it out"
        if variable:
            help_ = (
                f"the script inherits Dagster's environment, and can read `{variable[1]}` itself"
            )
        elif word.startswith("$("):
            help_ = "no shell reads this: have the script run the command"
        message = f"`{word}` is passed on as it stands: nothing expands it"
        yield Diagnostic(Code.UNEXPANDED_VALUE, message, origin.value(*path), help_)


def _words(command: Any) -> list[str]:
    if not isinstance(command, str):
        return list(map(str, command or ()))
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _expands(command: Any) -> bool:
    return any(word.rpartition("/")[2] in _EXPANDING for word in _words(command))


def _without_code(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options without the words of the command that are programs for the program itself, as
    in `sh -c 'echo $HOME'`."""
    command = options.get("command")
    words = _words(command)
    code = {at for at in range(1, len(words)) if _CODE_FOLLOWS.fullmatch(words[at - 1])}
    if not code:
        return options
    kept = [word if at not in code else "" for at, word in enumerate(words)]
    return {**options, "command": kept if isinstance(command, list) else shlex.join(kept)}
