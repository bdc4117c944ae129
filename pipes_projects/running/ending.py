"""How a script ended, in words; and the error that its author should look at."""

from __future__ import annotations

import errno
import os
import re
import signal
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple


class Ending(NamedTuple):
    """How a script ended."""

    code: int | None = None
    """Its exit code; None if it did not get that far."""
    signal: int | None = None
    """The signal that killed it."""
    timed_out: float | None = None
    """The time limit that it exceeded, in seconds."""
    cancelled: bool = False
    lost: bool = False
    """Whether its end is unknown, because the process that watched it was killed."""
    left: str = ""
    """Processes that it left behind, and that were ended."""
    stuck: str = ""
    """Processes that could not be ended."""
    failure: str = ""
    """What a service says about a job that failed, where there is no exit code."""

    @property
    def is_success(self) -> bool:
        """Whether it ended on its own, with exit code 0."""
        return self.code == 0 and self.timed_out is None and not self.cancelled

    def __str__(self) -> str:
        if self.timed_out is not None:
            return f"timed out after {in_words(self.timed_out)}"
        if self.cancelled:
            return "cancelled"
        if self.signal is not None:
            return f"killed by {signal_name(self.signal)}"
        if self.failure:
            return self.failure
        return "it is not known how it ended" if self.code is None else f"exit code {self.code}"


def signal_name(number: int) -> str:
    """`SIGSEGV` for 11; the number if it has no name here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def meaning_in_shells(code: int | None) -> str | None:
    """What an exit code of a shell script means that its author has never written."""
    return _OF_PIPE if code == 128 + _SIGPIPE else None


def in_words(seconds: float) -> str:
    """Seconds as people write durations: `2h`, `1m30s`, `0.5s`."""
    if seconds < 60 or seconds != int(seconds):
        return f"{seconds:g}s"
    parts, rest = [], int(seconds)
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        number, rest = divmod(rest, size)
        parts += [f"{number}{unit}"] if number else []
    return "".join(parts)


_SIGPIPE: Final = 13
_OF_PIPE: Final = (
    "141 usually means that a command wrote into a pipe that nobody read any more, as in "
    "`yes | head -1`: "
    "if that is meant, add `|| true` to the line"
)


class CannotStartError(Exception):
    """A script that cannot be started: why, and what to do."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        super().__init__(f"{message}: {help_}" if help_ else message)
        self.message = message
        self.help = help_


PACKAGES = {
    "Rscript": "R (`r-base-core` on Debian)",
    "node": "Node.js",
    "julia": "Julia",
    "ruby": "Ruby",
    "perl": "Perl",
    "uv": "uv (`pip install uv`)",
    "bash": "bash",
}
"""What provides each interpreter that kinds use by default."""


def cannot_start(command: Sequence[str], cwd: str | None, number: int) -> CannotStartError:
    """Why a command could not be started, from the system's error number."""
    program = command[0]
    if cwd and not os.path.isdir(cwd):
        return CannotStartError(f"its folder `{cwd}` does not exist")
    where = Path(cwd or ".") / program
    is_path = "/" in program or os.sep in program
    if number == errno.ENOENT and not (is_path and where.exists()):
        return _not_there(program, is_path)
    if number in (errno.EACCES, errno.EPERM) and where.is_file():
        return CannotStartError(f"`{program}` is not executable", f"run `chmod +x {program}`")
    return CannotStartError(
        f"`{program}` cannot be started", _REASONS.get(number) or os.strerror(number).lower()
    )


def _not_there(program: str, is_path: bool) -> CannotStartError:
    if is_path:
        return CannotStartError(f"`{program}` does not exist")
    needs = PACKAGES.get(program) or _python(program)
    help_ = f"install {needs or 'it'} on the machine that runs the script"
    if needs is None:
        help_ += ", or write its path"
    elif program.startswith("python"):
        help_ += f", or name its path, as in `python: /opt/{program}/bin/python`"
    return CannotStartError(f"`{program}` is not on the PATH", help_)


def _python(program: str) -> str | None:
    """Python, with the version in a program's name."""
    version = re.fullmatch(r"python(3(\.\d+)?)", program)
    return f"Python {version[1]}" if version else None


_REASONS = {
    errno.ENOENT: "the interpreter in its first line does not exist, or has Windows line ends",
    errno.ENOEXEC: "its first line must name an interpreter, such as `#!/usr/bin/env bash`",
    errno.E2BIG: "its arguments and environment are together too long",
}


_FRAME = re.compile(r'\s+File "(?P<file>.+)", line (?P<line>\d+)(?:, in .+)?')
_START = re.compile(r"(Exception Group )?Traceback \(most recent")
_GROUP = "  + Exception Group Traceback"
_MARGIN = re.compile(r"^ *(\| |\|$|\+ |\+[-+]+( \S+ -+)?$)")
_LAST_LINES = 10


def author_error(stderr: str, script: str, folder: str) -> str:
    """The part of its standard error that tells the author most: for Python, the last frame in
    their own files with the exception; otherwise the last lines."""
    lines = stderr.rstrip().splitlines()
    plain = list(_without_margins(lines))
    starts = [n for n, line in enumerate(plain) if _START.match(line)]
    if starts:
        told = _from_traceback(plain[starts[-1] + 1 :], script, folder)
        if told:
            return told
    return "\n".join(line for line in lines[-_LAST_LINES:] if line.strip())


def _without_margins(lines: Iterable[str]) -> Iterator[str]:
    """The lines, without what Python draws beside the exceptions of a group."""
    is_group = False
    for line in lines:
        is_group = is_group or line.startswith(_GROUP)
        bare = _MARGIN.sub("", line) if is_group else line
        if bare or not line:
            yield bare


def _from_traceback(lines: Sequence[str], script: str, folder: str) -> str | None:
    frames = [(n, match) for n, line in enumerate(lines) if (match := _FRAME.match(line))]
    if not frames:
        return None
    own = [frame for frame in frames if _is_own(frame[1]["file"], script, folder)]
    number, frame = (own or frames)[-1]
    source = [line for line in lines[number + 1 : number + 2] if not _FRAME.match(line)]
    error = _exception(lines[frames[-1][0] + 1 :])
    place = f"{_shown(frame['file'], folder)}:{frame['line']}"
    return "\n".join([place, *(f"    {line.strip()}" for line in source), *error])


def _exception(after: Iterable[str]) -> list[str]:
    """The lines of the exception itself, not indented like source, and what ends the text after it:
    a script may have got over this exception, and told later why it failed."""
    rest = list(after)
    first = next((n for n, line in enumerate(rest) if line and not line[0].isspace()), len(rest))
    told = [line for line in rest[first:] if line.strip()]
    half = _LAST_LINES // 2
    return told if len(told) <= _LAST_LINES else [*told[:half], "…", *told[-half:]]


def _is_own(file: str, script: str, folder: str) -> bool:
    inside = os.path.abspath(file).startswith(os.path.join(os.path.abspath(folder), ""))
    return file == script or (inside and "site-packages" not in file and "<" not in file)


def _shown(file: str, folder: str) -> str:
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:
        return file
    return file if relative.startswith("..") else Path(relative).as_posix()
