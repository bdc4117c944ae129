"""Kind `subprocess`: the script is a process beside Dagster's own."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registered import RegisteredKind
from pipes_projects.manifest.model import (
    Model,
    RelativeFolder,
    SchemaPattern,
    Word,
    matching,
    refuse,
)
from pipes_projects.manifest.shapes import ModelShape

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
ends with the first command that fails, in a pipe as well."""


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


_NAME_HELP = "the name of an environment variable has no `=`"


VariableName = Annotated[
    str,
    matching(r"[^=\x00]+", "invalid-value", "`VALUE` is not the name of a variable", _NAME_HELP),
    SchemaPattern(r"[^=\x00]+", _NAME_HELP),
]


class SubprocessOptions(Model):
    """How to start a script as a process beside Dagster's own."""

    command: Annotated[Command, BeforeValidator(_not_empty)] | None = None
    """The program and its arguments; the script's path follows. Text is split as a shell would,
    but no shell runs. By default what fits the script's ending: Dagster's Python, `bash`, …"""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables, beside those that Dagster has."""

    cwd: RelativeFolder | None = None
    """The folder to run in, relative to this file; by default the script's own."""


def launch(script: Path, options: SubprocessOptions, root: Path) -> Launch:
    """The interpreter, the script and its arguments, in the script's folder or the one named."""
    program = options.command or INTERPRETERS.get(script.suffix, ()) or (sys.executable, "-u")
    return Launch(
        (*program, str(script), *(options.args or ())),
        str(root / options.cwd if options.cwd else script.parent),
        {name: value for name, value in (options.env or {}).items() if value is not None},
    )


SUBPROCESS: Final = RegisteredKind(
    "subprocess",
    "Runs the script as a process beside Dagster's own.",
    options=ModelShape(SubprocessOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
)
