"""Which files had nothing wrong with them when they were last read, kept from run to run.

Reading and parsing thousands of scripts takes longer than all the rest of `check`, and few of them
have changed since the last time. The results are kept in a cache of the user, outside the project:
without it, or if it cannot be written, everything is read again.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from zlib import crc32

from pipes_projects.disk.files import Files, T

Stamp = list[int]
FEW = 200
"""With at most this many files, all are read each time: a cache would save no time."""
_SECOND = 10**9


class Clearances:
    """Which files of one project need not be read again, by a stamp that changes with them."""

    def __init__(self, root: Path, version: str) -> None:
        whose = f"{os.path.abspath(root)}, {version}, {sys.version}"
        self.whose = whose.encode("utf-8", "replace").decode()
        self.file = cache_folder() / f"{crc32(self.whose.encode()):08x}.json"
        self.root, self.now, self.seen = str(root), dict[str, Stamp](), 0

    @cached_property
    def before(self) -> dict[str, Stamp]:
        """What the last run kept."""
        try:
            kept = json.loads(self.file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        is_ours = isinstance(kept, dict) and kept.get("whose") == self.whose
        stamps = kept.get("cleared") if is_ours else None
        return stamps if isinstance(stamps, dict) else {}

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
        """Keep the stamps for the next run, if that saves time; failing to is no problem."""
        if self.seen <= FEW or self.now == self.before:
            return
        beside = self.file.with_suffix(f".{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({"whose": self.whose, "cleared": self.now}), "utf-8")
            os.replace(beside, self.file)
        except (OSError, ValueError):
            return


def cache_folder() -> Path:
    """Where the user has what is quicker to read than to find out again."""
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(own or os.path.expanduser("~/.cache")) / "pipes-projects"
