"""A browser in which somebody types manifests: Monaco with monaco-yaml, in Debian's Chromium.

`browser.mjs` drives it; it ends when its input does, and the browser with it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

HERE = Path(__file__).parent
STDERR = "stderr.txt"
PATIENCE = 150
"""Seconds until a browser is ended that has not come to its end: several times what it takes."""


class Browser:
    """A page with an editor, which knows the schemas that a project's settings name."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder
        self._taken = 0

    def open(self, path: str, text: str = "") -> None:
        """A manifest of the project; the cursor stands at its end."""
        self._ask("open", path, text)

    def type(self, text: str) -> None:
        self._ask("type", text)

    def line(self, indent: int = 0) -> None:
        """Begin a new line."""
        self._ask("line", indent)

    def text(self) -> str:
        return str(self._ask("text"))

    def proposals(self, prefix: str = "") -> list[str]:
        """What is proposed after a letter or two, in its order. Nothing of it is taken."""
        labels: list[str] = self._ask("proposals", prefix)
        return labels

    def pick(self, label: str, prefix: str = "", beside: str = "") -> None:
        """Take a proposal with the arrow keys and Enter, once some words are shown beside it."""
        assert len(prefix) <= 2
        self._ask("pick", label, prefix, beside, self._picture(label))

    def hover(self, line: int, column: int) -> str:
        """What is shown of the word at a place, counted from one."""
        return str(self._ask("hover", line, column, self._picture("hover")))

    def problems(self, count: int) -> list[str]:
        """What is underlined, once there are so many: each with its line."""
        found: list[str] = self._ask("problems", count, self._picture("problems"))
        return found

    def _picture(self, name: str) -> str:
        self._taken += 1
        return str(self._folder / f"{self._taken:02}-{name.replace('/', '-')}.png")

    def _ask(self, *command: object) -> Any:
        answer = self._answer(json.dumps(command))
        if "error" in answer:
            errors = (self._folder / STDERR).read_text()
            pytest.fail(f"{answer['error']}\n\n{errors}\nThe pictures are in {self._folder}")
        return answer["value"]

    def _answer(self, command: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(f"{command}\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            return {"error": f"the browser ended before it answered {command}"}
        return answer


@contextmanager
def browser(project: Path, folder: Path) -> Iterator[Browser]:
    """A browser for a project; a folder for what it needs, and for a picture of each step."""
    command = [node(), str(HERE / "browser.mjs"), str(project), str(folder), chromium()]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        (folder / STDERR).open("w") as stderr,
        subprocess.Popen(command, **pipes, stderr=stderr) as process,
    ):
        watch = Timer(PATIENCE, process.terminate)
        watch.start()
        try:
            yield Browser(process, folder)
        finally:
            watch.cancel()
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """The browser closes when no more commands come."""
    with suppress(OSError):  # it has ended before
        assert process.stdin
        process.stdin.close()
    try:
        process.wait(20)
    finally:
        process.kill()


def node() -> str:
    found = shutil.which("node")
    if not found or not (HERE / "node_modules/monaco-yaml").is_dir():
        pytest.fail("no editor: install Node 20 and npm; `make test` installs the packages then")
    return found


def chromium() -> str:
    """Where it is, or what to install: a browser that is missing is no reason to skip."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if not found:
        pytest.fail("no Chromium: `apt-get install chromium`, or say in CHROMIUM where it is")
    return found
