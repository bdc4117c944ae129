"""A command on a terminal, which the test reads as a person would."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select

_ERASED = re.compile(r"[^\n]*\r\x1b\[2K")
_PATIENCE = 60.0


class Terminal:
    """A running program whose standard error, and usually its output, is a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], ours: int) -> None:
        self.process, self.ours = process, ours
        self.text = ""

    def read_until(self, text: str) -> str:
        """What was written up to this text, which has to come."""
        while text not in self.text:
            assert self._read(), f"`{text}` never came: {self.text!r}"
        return self.text

    def go_on(self) -> None:
        """Let the program go on, if it waits for a line."""
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def close(self) -> str:
        """What is left on the screen once the program has ended."""
        while self._read():
            pass
        self.process.wait()
        return _ERASED.sub("", self.text).replace("\r\n", "\n")

    def _read(self) -> bool:
        read = b""
        assert select([self.ours], [], [], _PATIENCE)[0], f"nothing comes any more: {self.text!r}"
        with suppress(OSError):  # Linux's word for the end
            read = os.read(self.ours, 1 << 16)
        self.text += read.decode(errors="replace")
        return bool(read)


@contextmanager
def on_terminal(
    *arguments: str, cwd: Path, output: int | None = None, **variables: str
) -> Iterator[Terminal]:
    """Python with these arguments; `output` is where standard output goes, if not there too."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **variables}
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=cwd, env=env, stdin=subprocess.PIPE,
        stdout=theirs if output is None else output, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()
        os.close(ours)
