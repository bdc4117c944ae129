"""A browser in which somebody types manifests: Monaco with monaco-yaml, in Debian's Chromium.

`browser.mjs` drives it; it ends when its input does, and the browser with it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.editors.driving import Driven, driven

HERE = Path(__file__).parent


class Browser:
    """A page with an editor, which knows the schemas that a project's settings name."""

    def __init__(self, driven: Driven, folder: Path) -> None:
        self._driven, self._folder = driven, folder
        self._taken = 0

    def open(self, path: str, text: str = "") -> None:
        """A manifest of the project; the cursor stands at its end."""
        self._driven.ask("open", path, text)

    def type(self, text: str) -> None:
        self._driven.ask("type", text)

    def line(self, indent: int = 0) -> None:
        """Begin a new line."""
        self._driven.ask("line", indent)

    def text(self) -> str:
        return str(self._driven.ask("text"))

    def proposals(self, prefix: str = "") -> list[str]:
        """What is proposed after a letter or two, in its order. Nothing of it is taken."""
        labels: list[str] = self._driven.ask("proposals", prefix)
        return labels

    def pick(self, label: str, prefix: str = "", beside: str = "") -> None:
        """Take a proposal with the arrow keys and Enter, once some words are shown beside it."""
        assert len(prefix) <= 2
        self._driven.ask("pick", label, prefix, beside, self._picture(label))

    def hover(self, line: int, column: int) -> str:
        """What is shown of the word at a place, counted from one."""
        return str(self._driven.ask("hover", line, column, self._picture("hover")))

    def problems(self, count: int) -> list[str]:
        """What is underlined, once there are so many: each with its line."""
        found: list[str] = self._driven.ask("problems", count, self._picture("problems"))
        return found

    def _picture(self, name: str) -> str:
        self._taken += 1
        return str(self._folder / f"{self._taken:02}-{name.replace('/', '-')}.png")


@contextmanager
def browser(project: Path, folder: Path) -> Iterator[Browser]:
    """A browser for a project; a folder for what it needs, and for a picture of each step."""
    command = [node(), str(HERE / "browser.mjs"), str(project), str(folder), chromium()]
    with driven(command, folder) as program:
        yield Browser(program, folder)


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
