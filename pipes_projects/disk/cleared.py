"""Which files had nothing wrong with them when they were last read, kept from run to run.

Reading and parsing thousands of scripts takes longer than all the rest of `check`, and few of them
have changed since the last time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from pipes_projects.disk.cache import FEW, CacheFile
from pipes_projects.disk.files import Files, T

Stamp = list[int]
_SECOND = 10**9


class Clearances:
    """Which files of one project need not be read again, by a stamp that changes with them."""

    def __init__(self, root: Path) -> None:
        self.file = CacheFile("scripts", root)
        self.root, self.now, self.seen = str(root), dict[str, Stamp](), 0

    @cached_property
    def before(self) -> dict[str, Any]:
        """What the last run kept."""
        return self.file.read()

    def stamp(self, path: str) -> Stamp | None:
        """What changes whenever the file does; None if it has changed just now, as it could change
        again with the same stamp."""
        self.seen += 1
        try:
            status = os.stat(f"{self.root}/{path}")
        except (OSError, ValueError):
            return None
        latest = max(status.st_mtime_ns, status.st_ctime_ns)
        if time.time_ns() - latest < 2 * _SECOND:
            return None
        return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]

    def has(self, path: str, stamp: Stamp | None) -> bool:
        """Whether the file is unchanged since it had nothing wrong with it."""
        return stamp is not None and self.before.get(path) == stamp

    def add(self, path: str, stamp: Stamp | None) -> None:
        """Record that nothing is wrong with the file."""
        if stamp is not None:
            self.now[path] = stamp

    def judged(self, files: Files, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`: files that are cleared are not judged again."""
        stamp = self.stamp(path)
        verdict = None if self.has(path, stamp) else files.judged(path, judge)
        if verdict is None:
            self.add(path, stamp)
        return verdict

    def keep(self) -> None:
        """Keep the stamps for the next run, if that saves time."""
        if self.seen > FEW and self.now != self.before:
            self.file.keep(self.now)
