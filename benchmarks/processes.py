"""Runs commands in fresh processes, two in turn, and takes the median over the pairs."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parent.parent

Command = tuple[str, ...]
NOTHING: Command = (sys.executable, "-c", "pass")

T = TypeVar("T")


class BenchmarkError(Exception):
    """A measured process did not do its work."""


@dataclass(frozen=True)
class Finished:
    """How long one process took from start to end, and what it printed."""

    seconds: float
    output: str


@dataclass(frozen=True)
class Runner:
    """The environment to run in, and how many runs to make instead of each case's own number."""

    environment: dict[str, str]
    runs: int | None = None

    def pairs(
        self, title: str, usual: int, first: Callable[[], T], second: Callable[[], T]
    ) -> list[tuple[T, T]]:
        """A B A B …, so that a machine that gets slower or faster does so for both."""
        runs = self.runs or usual
        found = []
        for number in range(1, runs + 1):
            progress(f"{title}: pair {number} of {runs}")
            found.append((first(), second()))
        return found

    def run(self, command: Command) -> Finished:
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
        if done.returncode:
            output = done.stdout[-2000:] + done.stderr[-2000:]
            raise BenchmarkError(f"`{' '.join(command)}` ended with {done.returncode}:\n{output}")
        return Finished(seconds, done.stdout)


def median_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    return statistics.median(first / second for first, second in pairs)


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def environment(**more: str) -> dict[str, str]:
    """This process's environment, but with compiled modules kept from one process to the next."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | more


def installed(name: str, instead: Command | None = None) -> Command:
    """The console script next to this interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    command = (found,) if found else instead
    if command is None:
        raise BenchmarkError(f"`{name}` is not installed beside `{sys.executable}`")
    return command
