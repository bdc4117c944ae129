"""Python's garbage collector, while thousands of definitions are made.

It scans all objects again and again while they are made, and while Dagster makes its repository
and snapshot from them: much of the time that a large project takes to load.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MANY: Final = 500
"""From this number of assets on, new objects are kept from the collector."""
_THRESHOLD: Final = 50_000
"""So many new objects before it scans the newest; Python's default is 700 to 2000."""


@contextmanager
def paused() -> Iterator[None]:
    """Nothing is collected while this lasts."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep(assets: int) -> None:
    """Whatever is alive now lives as long as the process, if nothing was kept in it before.

    Small projects load in a moment, and tests load many in one process: those are left alone. A
    worker of Celery or Dask loads its code location for each step: it would keep them all.
    """
    if assets >= MANY and not gc.get_freeze_count():
        gc.freeze()
        gc.set_threshold(max(_THRESHOLD, gc.get_threshold()[0]), *gc.get_threshold()[1:])
