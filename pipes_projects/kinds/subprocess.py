"""Kind `subprocess`: the script runs as a process of its own."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, WithJsonSchema

from pipes_projects.kinds.launch import Launch, Python
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import (
    FromHereIfPath,
    Model,
    RelativeFolder,
    SchemaPattern,
    Text,
    Word,
    matching,
    refuse,
)
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

INTERPRETERS: dict[str, tuple[str, ...]] = {
    ".py": (),
    ".sh": ("bash", "-eo", "pipefail"),
    ".r": ("Rscript",),
    ".R": ("Rscript",),
    ".js": ("node",),
    ".mjs": ("node",),
    ".rb": ("ruby",),
    ".pl": ("perl",),
    ".jl": ("julia",),
}
"""What runs a file of each ending; `.py` is run by the Python that runs Dagster. A shell script
ends with the first command that fails, even in a pipe."""


def _words(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        words = shlex.split(value)
    except ValueError as error:
        why = str(error).lower()
        message = f"`command` cannot be split into words: {why}"
        raise refuse("invalid-value", message, "close the quote, or write a list") from None
    if not words:
        raise refuse("invalid-value", "`command` is empty", "name a program")
    return words


Command = Annotated[
    list[Word],
    BeforeValidator(_words),
    WithJsonSchema(
        {
            "type": ["array", "string"],
            "items": {"type": ["string", "number", "boolean"]},
            "minItems": 1,
            "pattern": r"[^ \t\r\n]",
        }
    ),
]


def _not_empty(value: object) -> object:
    if value == []:
        raise refuse("invalid-value", "`command` is empty", "name a program")
    return value


_VERSION = r"3(\.[0-9]+)?"
_PATH = r"[^\x00]*[/\\][^\x00]*"
_PYTHON = f"{_VERSION}|{_PATH}"
_PYTHON_HELP = (
    "write a version, as in `3.12`, or a path with a slash, as in `/opt/python/bin/python`"
)
PythonChoice = Annotated[
    Text,
    matching(
        _PYTHON, "invalid-value", "`VALUE` is neither a version of Python nor a path", _PYTHON_HELP
    ),
    FromHereIfPath(),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            **SchemaPattern(_PYTHON, _PYTHON_HELP).schema,
            "minimum": 3,
            "exclusiveMaximum": 4,
        }
    ),
]


def _no_variables(value: object) -> object:
    if isinstance(value, dict | list):
        message = "`environment` is what installs the script's packages: `uv`"
        raise refuse("invalid-value", message, "variables are written in `env`")
    return value


class SubprocessOptions(Model):
    """How to start a script as a process of its own."""

    command: Annotated[Command, BeforeValidator(_not_empty)] | None = None
    """The program and its arguments; the script's path follows. Text is split as a shell would
    split it, but no shell runs. By default whatever fits the script's ending: Dagster's Python,
    `bash`, …"""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    python: PythonChoice | None = None
    """The Python that runs a `.py` script without a `command`: a version such as `3.12`, meaning
    `python3.12` on the PATH, or a path relative to this file. By default Dagster's own Python."""

    environment: Annotated[Literal["uv"], BeforeValidator(_no_variables)] | None = None
    """`uv` runs a `.py` script with the packages of the nearest `pyproject.toml` or
    `requirements.txt` above it. Inline dependencies (PEP 723) work without it."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables, in addition to those that the script inherits."""

    cwd: RelativeFolder | None = None
    """The folder to run in, relative to this file; by default the script's own."""


def launch(script: Path, options: SubprocessOptions, root: Path) -> Launch:
    """The interpreter, the script and its arguments, in the script's folder or the one named."""
    words = (str(script), *(options.args or ()))
    cwd = str(root / options.cwd if options.cwd else script.parent)
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    program = options.command or INTERPRETERS.get(script.suffix, ())
    if program:
        return Launch((*program, *words), cwd, env)
    choice = options.python
    if choice and not re.fullmatch(_VERSION, choice):
        choice = str(root / choice)
    folders = _folders(script, root) if options.environment else ()
    return Launch((*_python(choice), *words), cwd, env, Python(words, choice, folders))


def _python(choice: str | None) -> tuple[str, ...]:
    """The Python of a version, or at a path, with unbuffered output."""
    if choice is None or not re.fullmatch(_VERSION, choice):
        return (choice or sys.executable, "-u")
    return ("py", f"-{choice}", "-u") if sys.platform == "win32" else (f"python{choice}", "-u")


def _folders(script: Path, root: Path) -> tuple[str, ...]:
    """The folders of the project above the script, the nearest first."""
    return tuple(str(parent) for parent in script.parents if parent.is_relative_to(root))


SUBPROCESS: Final = RegisteredKind(
    "subprocess",
    "Runs the script as a process of its own.",
    options=ModelShape(SubprocessOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
    example="""\
kind: subprocess  # may be left out
deps: []
subprocess:
  args: [--verbose]
""",
)
