"""What a command is doing, in one line on a terminal, once that takes longer than a second.

The line is on standard error, and gone before anything else is written. The only module that
imports rich, which quick commands never do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Final

from pipes_projects.cli.streams import SCREEN
from pipes_projects.text.plain import brief, shown, spelt

_AFTER: Final = 1.0
"""Seconds that pass before anything is shown."""
_EVERY: Final = 0.2
"""Seconds between two states of the line, and between two stages of what counts as one wait."""

Words = str | Callable[[], str]
"""What is being done, such as `reading the manifests`; asked anew each time, if it changes."""


@contextmanager
def doing(words: Words) -> Iterator[None]:
    """While this lasts, say what is being done, if standard error is a terminal."""
    if not can_show():
        yield
        return
    before = _LINE.words
    _LINE.say(words)
    try:
        yield
    finally:
        _LINE.say(before)


def all_done() -> None:
    """Nothing is being done any more, however that ended."""
    _LINE.say(None)


def can_show() -> bool:
    """Whether standard error is a terminal on which a line can be erased."""
    stream = sys.stderr
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


class _Line:
    """The line, drawn by a thread of its own: what takes long does not know of it."""

    def __init__(self) -> None:
        self.words: Words | None = None
        self.since = self.ended = 0.0
        self.over: Event | None = None

    def say(self, words: Words | None) -> None:
        """Say something else; with None, nothing any more."""
        self.words = words
        if words is None:
            self._end()
        elif self.over is None:
            self._begin()

    def _begin(self) -> None:
        now = monotonic()
        self.since = now if now - self.ended > _EVERY else self.since
        self.over = Event()
        Thread(target=self._draw, args=(self.over,), name="progress", daemon=True).start()

    def _end(self) -> None:
        if self.over is not None:
            self.over.set()
        self.over, self.ended = None, monotonic()
        SCREEN.clear()

    def _draw(self, over: Event) -> None:
        if over.wait(max(0.0, self.since + _AFTER - monotonic())):
            return
        try:
            draw = _drawing()
            while not over.wait(_EVERY):
                with SCREEN.lock:
                    if not over.is_set() and (words := self.words):
                        text = words if isinstance(words, str) else words()
                        draw(f"{shown(brief(text))} … {monotonic() - self.since:.0f} s")
        except (OSError, ValueError):  # the terminal is gone
            return


_LINE: Final = _Line()


def _drawing() -> Callable[[str], None]:
    """A function that draws the line in place of what it drew last."""
    from rich.console import Console
    from rich.control import Control
    from rich.segment import ControlType
    from rich.spinner import Spinner
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    spinner = Spinner("dots" if console.encoding.startswith("utf") else "line")
    erase = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))

    def draw(words: str) -> None:
        frame = spinner.render(monotonic())
        line = Text.assemble(frame if isinstance(frame, Text) else "", f" {words}")
        line.plain = spelt(line.plain, console.encoding)
        line.truncate(max(console.width - 1, 1), overflow="ellipsis")
        console.control(erase)
        console.print(line, end="", soft_wrap=True)
        SCREEN.erase = lambda: console.control(erase)

    return draw
