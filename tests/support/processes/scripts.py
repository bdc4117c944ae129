"""Scripts run by the runner itself, and what is left of them."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import psutil

from pipes_projects.running.ending import Ending
from pipes_projects.running.process import Command
from pipes_projects.running.results.messages import Lost, Malformed, Message
from pipes_projects.running.session import Ended, Job, run

TOLD: Mapping[str, Any] = {
    "asset_keys": ["g/a"],
    "code_version_by_asset_key": {"g/a": None},
    "provenance_by_asset_key": {"g/a": None},
    "partition_key": None,
    "partition_key_range": None,
    "partition_time_window": None,
    "run_id": "run",
    "job_name": None,
    "retry_number": 0,
    "extras": {},
}


class Outcome:
    """All that came of running a script."""

    def __init__(self) -> None:
        self.out, self.err = bytearray(), bytearray()
        self.messages: list[Message] = []
        self.malformed: list[Malformed] = []
        self.lost: list[Lost] = []
        self.ending = Ending(lost=True)
        self.stderr = ""

    def job(self, words: Sequence[str], cwd: Path, **limits: Any) -> Job:
        """A job whose output is kept here."""
        env = limits.pop("env", dict(os.environ))
        command = Command(words, env, str(cwd))
        return Job(command, TOLD, (self.out.extend, self.err.extend), **limits)

    def take(self, event: Any) -> None:
        """Keep an event of a run."""
        if isinstance(event, Ended):
            self.ending, self.stderr = event
        elif isinstance(event, Malformed):
            self.malformed.append(event)
        elif isinstance(event, Lost):
            self.lost.append(event)
        else:
            self.messages.append(event)


def ran(words: Sequence[str], cwd: Path, **limits: Any) -> Outcome:
    """Run a command to its end."""
    outcome = Outcome()
    for event in run(outcome.job(words, cwd, **limits)):
        outcome.take(event)
    return outcome


def python(folder: Path, text: str) -> list[str]:
    """The command that runs a Python script."""
    script = folder / "script.py"
    script.write_text(dedent(text), "utf-8")
    return [sys.executable, "-u", str(script)]


def marked(name: str, value: str) -> list[psutil.Process]:
    """The processes that have a variable in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(name) == value and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def command_line(process: psutil.Process) -> str:
    """The command of a process; empty if it has just ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.Error, OSError):
        return ""
