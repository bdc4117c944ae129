"""Finds out whether a command could be started, without starting it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from codecs import getincrementaldecoder
from pathlib import Path

from pipes_projects.kinds.registry.installed import how_to_install, missing
from pipes_projects.manifest.contract import Kind
from pipes_projects.running.ending import CannotStartError, cannot_start
from pipes_projects.running.process import Command

_HEAD = 256
"""How many bytes of a program are read to see what runs it."""


def foreseen(command: Command) -> CannotStartError | None:
    """Why it could not be started; None if there is no known reason."""
    number = 0 if os.path.isdir(command.cwd) else errno.ENOENT
    number = number or _error_number(command)
    return cannot_start(command.words, command.cwd, number) if number else None


def refuse_missing(kind: Kind) -> None:
    """Raises `CannotStartError` if something that a kind's scripts need is not installed."""
    if kind.needs and (modules := missing(kind)):
        listed = " and ".join(f"`{module}`" for module in modules)
        raise CannotStartError(
            f"`kind: {kind.name}` needs {listed}, not installed here",
            f"{how_to_install(kind)} where scripts run",
        )


def _error_number(command: Command) -> int:
    """The number of the system's error; 0 if there is none."""
    program = command.words[0]
    if "/" in program or os.sep in program:
        path: str | None = os.path.join(command.cwd, program)
    else:
        path = shutil.which(program, os.F_OK, _search_path(command))
    if path is None or not os.path.exists(path):
        return errno.ENOENT
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        return errno.EACCES
    return 0 if sys.platform == "win32" else _error_of_first_line(Path(path))


def _search_path(command: Command) -> str:
    """The PATH as the script's own process would search it."""
    known = command.env.get("PATH") or os.environ.get("PATH") or os.defpath
    return os.pathsep.join(os.path.join(command.cwd, folder) for folder in known.split(os.pathsep))


def _error_of_first_line(program: Path) -> int:
    """For a program that is text: whether its first line names what runs it."""
    try:
        with program.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:  # it may be run without being read
        return 0
    if not head.startswith(b"#!"):
        return errno.ENOEXEC if _is_text(head) else 0
    words = head.partition(b"\n")[0][2:].strip(b" \t").split(b" ")
    named = os.fsdecode(words[0].partition(b"\t")[0])
    return 0 if os.path.exists(program.parent / named) else errno.ENOENT


def _is_text(head: bytes) -> bool:
    try:
        return "\0" not in getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
