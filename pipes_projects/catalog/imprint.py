"""What is made, by which version, and when."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import NamedTuple


class Imprint(NamedTuple):
    """About a catalog itself."""

    name: str
    """The project's."""
    version: str
    """Of Pipes Projects."""
    made: float
    """When: the ticks of schedules are those that come after it."""


def made() -> float:
    """Now; or the moment in `SOURCE_DATE_EPOCH`, for the same page from the same project."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(epoch) if epoch.isdecimal() and len(epoch) < 12 else datetime.now(UTC).timestamp()
