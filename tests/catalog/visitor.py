"""A person who visits a catalog in Debian's Chromium, with keys and clicks.

`visitor.mjs` drives the browser; it ends when its input does, and the browser with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.editors.browser import HERE, chromium, node
from tests.editors.driving import Driven, driven


class Visitor:
    """What a person does with a page, and sees of it."""

    def __init__(self, driven: Driven) -> None:
        self._driven = driven

    def visit(self, page: Path, route: str = "") -> None:
        """Open a file, at a place in it, and wait until all of that is drawn."""
        self("visit", f"{page.as_uri()}{route}")

    def look(self, query: str) -> list[str]:
        """Search, and return what is found."""
        self("press", "/")
        self("press", "Control+a")
        self("type", query)
        self("wait", "#found-0")
        return [line.split("\n")[0] for line in self("texts", "#found li")]

    def heading(self) -> str:
        return str(self("text", "h1"))

    def goes_to(self, heading: str) -> None:
        """Wait until the page has this heading, and all that is below it."""
        self("reaches", heading)

    def __call__(self, *command: object) -> Any:
        return self._driven.ask(*command)


@contextmanager
def visiting(folder: Path) -> Iterator[Visitor]:
    """A browser, and a folder for what it needs."""
    command = [node(), str(HERE / "visitor.mjs"), str(folder), chromium()]
    with driven(command, folder) as program:
        yield Visitor(program)
