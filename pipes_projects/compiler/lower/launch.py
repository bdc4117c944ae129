"""What is wrong with options that describe a process, before it is started."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from posixpath import dirname, join, normpath, relpath
from typing import Any, NamedTuple

from pydantic import BaseModel

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.inheritance.layers import Origins
from pipes_projects.compiler.parse.document import KeyPath
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import Files
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.model import AsItStands, Folder, FromHereIfPath
from pipes_projects.manifest.model.marks import Patterns, marked
from pipes_projects.source import Location
from pipes_projects.spelling import word_meant

_PLACEHOLDER = re.compile(
    r"""\$\{\{.{0,200}?\}\}             # of CI systems
    | \{\{(?!(?:params|deployment)\.[^{}]*\}\})  # ours: `{params.name}` itself
      -?\s{0,9}\w(?:(?!\s\.|\}\}).){0,200}\}\}  # of Jinja; Go's `{{.Name}}` is another matter
    | \{%.{0,200}?%\}
    | \$\{\w[^{}]{0,200}\}
    | \$\([^()]{1,200}\)
    | (?<![\w$\\])\$[A-Za-z_]\w*   # a word that begins like this; `pa$word` may be meant
    | (?<![$\\])\$[A-Z_][A-Z0-9_]*\b
    """,
    re.VERBOSE,
)
_OURS = re.compile(r"\b(params|deployment)\.(\w+)")
_ALMOST_OURS = re.compile(r"(?<![{$\\])\{\s{0,9}(\w{1,20})\.([^\s{}]{1,100})\s{0,9}\}(?!\})")
_EXPANDED = ("params", "deployment")
_WORDS = {"parm": "params", "parameter": "params", "parameters": "params", "deploy": "deployment"}
"""Other words for these, beside typos."""
_OF_PARTITIONS = ("key", "keys", "start", "end")
_ASK = "only queries know it: a script asks for `pipes.partition_key`, or gets a param"
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_CODE_FOLLOWS = re.compile(r"-[A-Za-z]*[ceE]|--(?:eval|exec|command|expression)")
_EXPANDING = frozenset({"ssh", "awk", "gawk", "mawk", "nawk", "jq", "yq", "make", "just", "eval"})
"""Programs that expand such words themselves, or pass them to a shell."""


_PROGRAM: tuple[KeyPath, ...] = (("command",), ("command", 0))
_NAME_IT = "write the program's whole path, or its name alone if it is in a folder of the `PATH`"
_WRITE_IT_OUT = "write the whole path, or one that is relative to this file"
_IN_VAIN = re.compile(r"(?:~\w*|\$\w+|\$\{\w+\})/\S*")


UNEXPANDED = "a path is used as it is written: nothing in it is expanded"
"""Help for a path that is not there, and that only a shell would find."""


class WantedFolder(NamedTuple):
    """A folder that an option names."""

    path: str
    """Relative to the project."""
    written: str
    location: Location


def wanted_folders(
    kind: Kind, options: Mapping[str, Any], origin: Origins
) -> Iterator[WantedFolder]:
    """The folders of the project that must exist; what is outside of it is not known here."""
    model = _model(kind)
    for path, written in _texts(options, ()) if model and options else ():
        if model and path in _patterns(model).folders:
            place = origin.value(kind.name, *path)
            folder = normpath(join(dirname(place.path), written))
            if not folder.startswith(("/", "..")):
                yield WantedFolder(folder, written, place)


def needs_a_shell(path: str) -> bool:
    """Whether a path looks as if something should be expanded in it."""
    return "$" in path or path.startswith("~")


def missing_folder(wanted: WantedFolder, files: Files) -> Iterator[Diagnostic]:
    """The finding that a folder is missing."""
    path, written, place = wanted
    if files.is_folder(path):
        return
    message = f"`{path}` is a file" if files.is_file(path) else f"there is no folder `{path}`"
    help_ = "the script is meant to run in it; the path is relative to this file"
    if needs_a_shell(written):
        help_ = UNEXPANDED
    elif not written.startswith("..") and files.is_folder(normpath(written)):
        there = relpath(written, dirname(place.path))
        help_ = f"the path is relative to this file: write `{there}`"
    yield Diagnostic(Code.MISSING_FOLDER, message, place, help_)


def unexpanded_values(
    kind: Kind, options: Mapping[str, Any], origin: Origins
) -> Iterator[Diagnostic]:
    """What looks like a placeholder, in text that a program gets unchanged."""
    model = _model(kind)
    if model is None or not options or _expands(options.get("command")):
        return
    for path, value in _texts(_without_code(options), ()):
        if path in _patterns(model).verbatim:
            program = _program_in_vain(value) if path in _PROGRAM else None
            if program:
                yield _not_expanded(program, origin.value(kind.name, *path), _NAME_IT)
            else:
                yield from _unexpanded(value, (kind.name, *path), origin)
        elif path in _patterns(model).paths and _program_in_vain(value):
            yield _not_expanded(value, origin.value(kind.name, *path), _WRITE_IT_OUT)


def _program_in_vain(command: str) -> str | None:
    """The program of a command, if its path is one that only a shell could find."""
    program = _IN_VAIN.match(command.lstrip())
    return program[0] if program else None


def _model(kind: Kind) -> type[BaseModel] | None:
    model: type[BaseModel] | None = getattr(kind.options, "model", None)
    return model


class _Marked(NamedTuple):
    folders: Patterns
    verbatim: Patterns
    paths: Patterns


@cache
def _patterns(model: type[BaseModel]) -> _Marked:
    """Where options have folders, and text for programs; a command may be written as one text."""
    verbatim = marked(model, AsItStands)
    as_text = (path[:-1] for path in verbatim if path == ("command", "*"))
    return _Marked(
        Patterns(marked(model, Folder)),
        Patterns((*verbatim, *as_text)),
        Patterns(marked(model, FromHereIfPath)),
    )


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    pairs = value.items() if isinstance(value, Mapping) else ()
    for step, part in (*pairs, *(enumerate(value) if isinstance(value, list) else ())):
        yield from _texts(part, (*path, step))


def _unexpanded(value: str, path: KeyPath, origin: Origins) -> Iterator[Diagnostic]:
    found = _PLACEHOLDER.search(value)
    if found is None:
        yield from _almost_ours(value, path, origin)
    else:
        word = found[0]
        variable, ours = _VARIABLE.match(word), _OURS.search(word)
        help_ = "manifests are not templates: write the value, or have the script work it out"
        if ours:
            help_ = _right_form(ours[1], ours[2])
        elif variable:
            help_ = (
                f"the script can read `{variable[1]}` itself, which it inherits unless"
                " `inherit_env` says otherwise; for a secret, use `secrets`"
            )
        elif word.startswith("$("):
            help_ = "no shell reads this: have the script run the command"
        yield _not_expanded(word, origin.value(*path), help_)


def _almost_ours(value: str, path: KeyPath, origin: Origins) -> Iterator[Diagnostic]:
    for found in _ALMOST_OURS.finditer(value):
        word = found[1].lower()
        if word == "partition" and found[2] in _OF_PARTITIONS:
            yield _not_expanded(found[0], origin.value(*path), _ASK)
            return
        meant = word if word in _EXPANDED else _WORDS.get(word) or word_meant(word, _EXPANDED)
        if meant and found[0] != f"{{{meant}.{found[2]}}}":
            help_ = _right_form(meant, found[2])
            yield _not_expanded(found[0], origin.value(*path), help_)
            return


def _right_form(what: str, name: str) -> str:
    described = "value of a param" if what == "params" else f"deployment's {name}"
    return f"write `{{{what}.{name}}}` for the {described}"


def _not_expanded(word: str, place: Location, help_: str) -> Diagnostic:
    message = f"`{word}` is passed on unchanged: nothing expands it"
    return Diagnostic(Code.UNEXPANDED_VALUE, message, place, help_)


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
    """The options without the words of a command that are code for the program itself, as in `sh -c
    'echo $HOME'`."""
    command = options.get("command")
    words = _words(command)
    code = {at for at in range(1, len(words)) if _CODE_FOLLOWS.fullmatch(words[at - 1])}
    if not code:
        return options
    kept = [word if at not in code else "" for at, word in enumerate(words)]
    return {**options, "command": kept if isinstance(command, list) else shlex.join(kept)}
