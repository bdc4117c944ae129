"""A script as a process on this machine: started, watched, and ended with everything it started."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4

from pipes_projects.running.ending import Ending
from pipes_projects.running.output import Pump
from pipes_projects.text.masking import Write

MARK = "PIPES_PROJECTS_SCRIPT"
"""The environment variable that identifies everything that a script starts."""


class Command(NamedTuple):
    """What to start, in the form that the system needs."""

    words: Sequence[str]
    env: Mapping[str, str]
    """The whole environment of the process."""
    cwd: str
    scratch: str = ""
    """A folder to remove if this process is killed, and cannot do it itself."""
    patience: float = 0.0
    """Seconds more before SIGKILL, for what has to end something elsewhere first."""


class Process(ABC):
    """A running script. `end()` requests its end; `wait()` returns how it ended."""

    stdout: Pump
    stderr: Pump

    @abstractmethod
    def wait(self, seconds: float) -> Ending | None:
        """How it ended, with everything it started; None if it still runs after some seconds."""

    @abstractmethod
    def end(self) -> None:
        """End the whole process tree: SIGINT, SIGTERM, SIGKILL, with time between them."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; whatever is still running is ended."""


def start(
    command: Command, outputs: tuple[Write, Write], secrets: Sequence[str], grace: float
) -> Process:
    """Start a script; `outputs` take what it writes to stdout and stderr.

    Raises:
        CannotStartError: There is no such program, or it is not executable.
    """
    mark = uuid4().hex
    marked = command._replace(env={**command.env, MARK: mark})
    if sys.platform == "win32":
        from pipes_projects.running.process.windows import WindowsProcess

        return WindowsProcess(marked, outputs, secrets, grace)
    from pipes_projects.running.process.posix import PosixProcess

    return PosixProcess(marked, outputs, secrets, grace)


def drained(process: Process, seconds: float = 5.0) -> None:
    """Wait until everything the script wrote has been passed on."""
    process.stdout.wait(seconds)
    process.stderr.wait(seconds)


def pumps(
    streams: tuple[int, int], outputs: tuple[Write, Write], secrets: Sequence[str]
) -> tuple[Pump, Pump]:
    """One pump for each stream."""
    first, second = (
        Pump(stream, out, secrets) for stream, out in zip(streams, outputs, strict=True)
    )
    return first, second


def environment_of_host() -> dict[str, str]:
    """The variables of this process, without the mark of a script that it may itself run in."""
    return {name: value for name, value in os.environ.items() if name != MARK}
