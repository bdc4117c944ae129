"""This machine's time: never compared with another's."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """How time passes here."""

    def monotonic(self) -> float:
        """Seconds that nobody sets."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """For people."""
        return datetime.now(UTC)
