"""The log of a job → what its script printed and reported: complete, in its order, or known not to
be. `run.py` writes it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping

Take = Callable[[bytes], object]


class Frames:
    """Takes pieces of the log, some of them perhaps twice."""

    def __init__(self, mark: str, streams: Mapping[int, Take], other: Take) -> None:
        self.start = f"@pipes {mark} "
        self.streams, self.other = streams, other
        self.last = 0
        self.code: int | None = None
        """The script's exit code, which comes last."""
        self.refusal = ""
        """Why the node could not start it."""
        self.loss = ""
        """What it did with the file of its messages other than add to it."""
        self.rest = ""

    def feed(self, text: str) -> None:
        """Take the next piece, which may end within a line."""
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            self._line(line)

    def feed_all(self, log: str) -> None:
        """Take a whole log, of which some was taken already; only frames that were not count."""
        for line in log.splitlines():
            if line.startswith(self.start):
                self._line(line)

    def _line(self, line: str) -> None:
        if not line.startswith(self.start):
            self.other(f"{line}\n".encode())
            return
        number, stream, text = f"{line.removeprefix(self.start)} ".split(" ", 2)
        if int(number) != self.last + 1:
            return  # taken already, or the whole log will have what comes before
        self.last += 1
        self._take(int(stream), b64decode(text))

    def _take(self, stream: int, data: bytes) -> None:
        if stream == 0:
            self.code = int(data)
        elif stream == 4:
            self.refusal = data.decode("utf-8", "replace").strip()
        elif stream == 5:
            self.loss = data.decode("ascii")
        else:
            self.streams[stream](data)
