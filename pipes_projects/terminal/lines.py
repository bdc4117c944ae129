"""What a script prints, in pieces → whole lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_LONGEST: Final = 1 << 16
"""How many bytes may wait for the end of their line."""


class Lines:
    """Takes bytes as they come, and passes on lines."""

    def __init__(self, emit: Callable[[str], object]) -> None:
        self.emit = emit
        self.rest = b""

    def __call__(self, data: bytes) -> None:
        """Pass on the complete lines."""
        *lines, rest = (self.rest + data).split(b"\n")
        self.rest = rest
        for line in lines:
            self._pass_on(line)
        if len(self.rest) >= _LONGEST:
            self.close()

    def close(self) -> None:
        """Pass on the unfinished last line."""
        if self.rest:
            self._pass_on(self.rest)
        self.rest = b""

    def _pass_on(self, line: bytes) -> None:
        """Pass on the last state of a line that was overwritten, as progress bars are."""
        text = line.rstrip(b"\r").rpartition(b"\r")[2]
        self.emit(text.decode("utf-8", "replace"))
