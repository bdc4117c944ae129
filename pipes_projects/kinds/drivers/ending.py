"""How a driver is asked to end, and how it ends: like the script that it runs."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import NoReturn


class Signals:
    """The signals for the script: those that came to this process, in their order, and SIGKILL when
    its time is up. As long as there is no script yet, they end this process."""

    def __init__(self, grace: float) -> None:
        self.grace = grace
        self.came: list[int] = []
        self.kill_at = float("inf")
        self.has_script = False
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, self._note)

    def _note(self, number: int, _frame: object) -> None:
        if not self.has_script:
            sys.exit(128 + number)
        self.came.append(number)

    def pass_on(self) -> None:
        """From now on, signals are for the script."""
        self.has_script = True

    def take(self) -> str | None:
        """The name of the next one, such as `SIGINT`."""
        if time.monotonic() >= self.kill_at:
            self.kill_at = float("inf")
            return "SIGKILL"
        if not self.came:
            return None
        number = self.came.pop(0)
        if number == signal.SIGTERM:
            self.kill_at = min(self.kill_at, time.monotonic() + self.grace)
        return signal.Signals(number).name


def end_like(code: int) -> NoReturn:
    """End with a script's exit code, or by the signal that it stands for."""
    number = -code if code < 0 else code - 128
    if number in {known.value for known in signal.Signals} - {signal.SIGSTOP, signal.SIGTSTP}:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(code)


def write(stream: int, data: bytes) -> None:
    """Write everything, however little a stream takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(stream, view) :]
