"""A program that drives a browser: a command in, an answer out, line by line."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

STDERR = "stderr.txt"
PATIENCE = 120
"""Seconds until a program is ended that does not answer: many times what an answer takes."""


class Driven:
    """The program, and the folder in which its pictures are."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder

    def ask(self, *command: object) -> Any:
        """The answer to a command; the test fails if there is none."""
        answer = self._answer(json.dumps(command))
        if "error" in answer:
            errors = (self._folder / STDERR).read_text()
            pytest.fail(f"{command}: {answer['error']}\n\n{errors}\nSee {self._folder}/failure.png")
        return answer["value"]

    def _answer(self, command: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        watch = Timer(PATIENCE, self._process.terminate)
        watch.start()
        try:
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            return {"error": "the browser ended before it answered"}
        finally:
            watch.cancel()
        return answer


@contextmanager
def driven(command: list[str], folder: Path) -> Iterator[Driven]:
    """Start it; it closes its browser when no more commands come."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        (folder / STDERR).open("w") as stderr,
        subprocess.Popen(command, **pipes, stderr=stderr) as process,
    ):
        try:
            yield Driven(process, folder)
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(OSError):  # it has ended before
        assert process.stdin
        process.stdin.close()
    try:
        process.wait(PATIENCE)
    finally:
        process.kill()
