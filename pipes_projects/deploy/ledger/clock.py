"""This machine's time, which is never compared with another machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class HostClock:
    """The clock of this machine."""

    def monotonic(self) -> float:
        """Seconds by a clock that nobody can set."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """The date and time, for people."""
        return datetime.now(UTC)
