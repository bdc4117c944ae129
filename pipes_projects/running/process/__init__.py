"""A script as a process of this machine: started, watched, and ended with all that it started."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import uuid4

from pipes_projects.running.ending import Ending
from pipes_projects.running.output import Pump, Write

MARK = "PIPES_PROJECTS_SCRIPT"
"""The environment variable by which everything that a script starts is known."""


class Command(NamedTuple):
    """What to start, ready for the system."""

    words: Sequence[str]
    env: Mapping[str, str]
    """The whole environment of the process."""
    cwd: str
    scratch: str = ""
    """A folder that is removed if this process is killed, and cannot do it itself."""


class Process(ABC):
    """A running script. `end()` asks for its end; `wait()` tells how it ended."""

    stdout: Pump
    stderr: Pump

    @abstractmethod
    def wait(self, seconds: float) -> Ending | None:
        """How it ended, with all that it started; None where it still runs after some seconds."""

    @abstractmethod
    def end(self) -> None:
        """Ask the whole tree to end: SIGINT, SIGTERM, SIGKILL, with time between them."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; what still runs is ended."""


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
    """Wait until all that the script wrote has been passed on."""
    process.stdout.wait(seconds)
    process.stderr.wait(seconds)


def pumps(
    streams: tuple[int, int], outputs: tuple[Write, Write], secrets: Sequence[str]
) -> tuple[Pump, Pump]:
    """One for each stream."""
    first, second = (Pump(it, out, secrets) for it, out in zip(streams, outputs, strict=True))
    return first, second


def environment_of_host() -> dict[str, str]:
    """The variables of this process, without the mark of a script that it may run in itself."""
    return {name: value for name, value in os.environ.items() if name != MARK}
