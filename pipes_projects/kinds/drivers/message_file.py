"""The file that takes a script's messages: made before the script starts, and held open, so that no
script takes back what it has said, and keeps that to itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_CHUNK = 1 << 20
_LOSS = "loss"
"""The file beside it in which a driver says what the script did with the one that it wrote to."""
LOSSES = ("removed", "replaced", "cut off")
_EARLIER = 10 * 10**9


class MessageFile:
    """A file that only ever grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = open(path, "a+b", buffering=0)  # noqa: SIM115 - held until it is closed
        self.offset = 0
        self.is_cut = False
        earlier = time.time_ns() - _EARLIER  # so that anything written shows, even if it is gone
        os.utime(path, ns=(earlier, earlier))
        self.made_at = self._state().st_mtime_ns

    def read(self) -> Iterator[bytes]:
        """What was added since the last call, in pieces."""
        self.is_cut = self.is_cut or self._state().st_size < self.offset
        self.file.seek(self.offset)
        while chunk := self.file.read(_CHUNK):
            self.offset += len(chunk)
            yield chunk

    def loss(self) -> str | None:
        """What the script did with it other than add to it."""
        return _told(self.path) or self._own_loss()

    def _own_loss(self) -> str | None:
        try:
            there = os.stat(self.path)
        except OSError:
            return "removed"
        here = self._state()
        if not os.path.samestat(there, here):
            return "replaced"
        is_emptied = not here.st_size and here.st_mtime_ns != self.made_at
        return "cut off" if is_emptied or self.is_cut or here.st_size < self.offset else None

    def close(self) -> None:
        """Let go of it."""
        self.file.close()

    def _state(self) -> os.stat_result:
        return os.fstat(self.file.fileno())


def say_lost(messages: Path, how: str) -> None:
    """Tell whoever reads these messages that others were lost where they come from."""
    with suppress(FileNotFoundError):  # if their folder is gone too, that shows
        messages.with_name(_LOSS).write_text(how, "utf-8")


def _told(messages: Path) -> str | None:
    with suppress(OSError):
        how = messages.with_name(_LOSS).read_text("utf-8", "replace")
        return how if how in LOSSES else None
    return None
