"""Passes on what a script prints: live, and with secrets masked.

Bytes are passed on as they are: nothing here decodes them, or waits for a line to end.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from threading import Thread

from pipes_projects.text.masking import Masking, Write

_CHUNK = 1 << 16
_TAIL = 1 << 15


class Tail:
    """The end of what passes through, for an error message."""

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.size = 0

    def __call__(self, data: bytes) -> None:
        """Keep it, and drop as much from the start."""
        self.pieces.append(data)
        self.size += len(data)
        while self.size - len(self.pieces[0]) > _TAIL:
            self.size -= len(self.pieces.popleft())

    @property
    def text(self) -> str:
        """What is kept, as text."""
        return b"".join(self.pieces)[-_TAIL:].decode("utf-8", "replace")


class Pump:
    """Passes on one stream of a script, in its own thread."""

    def __init__(self, stream: int, write: Write, secrets: Iterable[str]) -> None:
        self.stream = stream
        self.tail = Tail()
        self.out = write
        self.masking = Masking(secrets, self._pass_on)
        self.thread = Thread(target=self._carry, name="script-output", daemon=True)
        self.thread.start()

    def _pass_on(self, data: bytes) -> None:
        self.tail(data)
        try:
            self.out(data)
        except (OSError, ValueError):
            return  # nobody is reading any more, but the script goes on

    def _carry(self) -> None:
        try:
            while data := os.read(self.stream, _CHUNK):
                self.masking(data)
        finally:
            self.masking.close()
            os.close(self.stream)

    def wait(self, seconds: float) -> None:
        """Wait for the end of the stream, but not forever: an escaped process may hold it open."""
        self.thread.join(seconds)


def to_descriptor(number: int) -> Write:
    """Writes everything to a file descriptor, however little it takes at a time."""

    def write(data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]

    return write
