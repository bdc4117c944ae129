"""Removes copies that no run has taken for long, while other processes take and fetch some.

Whoever takes a copy marks it as used, for an instant under a lock that many can have; whoever
removes copies has it alone, so that no copy goes between its mark and its use.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

if sys.platform != "win32":
    import fcntl

DAY: Final = 86_400
LONG: Final = 30 * DAY
"""For how many seconds after it was last taken a copy is kept in any case, if there are few."""
SHORT: Final = 7 * DAY
"""For how long, if there are many: no run that is still going on began to use it before."""
MANY: Final = 1_000
_LOCK: Final = ".lock"
_CLEARED: Final = ".cleared"


def taken(copy: Path) -> bool:
    """Mark a copy as used from now on; False if there is none."""
    try:
        with _locked(copy.parent, alone=False):
            os.utime(copy)
    except OSError:
        return False
    return True


def clear_unused(folder: Path) -> None:
    """Once a day, remove old copies, and what killed processes left; a failure is ignored."""
    with suppress(OSError):
        mark = folder / _CLEARED
        if mark.exists() and time.time() - mark.stat().st_mtime < DAY:
            return
        with _locked(folder, alone=True):
            mark.touch()
            going = [_set_aside(path) for path in _unused(folder)]
        for path in going:
            shutil.rmtree(path, ignore_errors=True)


def _unused(folder: Path) -> list[Path]:
    """Those that go, the oldest first."""
    now = time.time()
    ages = {path: now - path.stat().st_mtime for path in folder.iterdir() if path.is_dir()}
    oldest = sorted(ages, key=lambda path: ages[path], reverse=True)
    spare = len(oldest) - MANY
    return [
        path
        for number, path in enumerate(oldest)
        if ages[path] > (SHORT if number < spare else LONG)
        or (path.suffix == ".part" and ages[path] > DAY)
    ]


def _set_aside(path: Path) -> Path:
    """So that nobody finds half of it."""
    return path.rename(path.with_name(f"{token_hex(8)}.part"))


@contextmanager
def _locked(folder: Path, alone: bool) -> Iterator[None]:
    """Raises `OSError` if one who would have it alone had to wait. Windows has no such locks, but
    does not let go of files that are in use."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)
