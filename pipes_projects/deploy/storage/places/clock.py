"""How old a file is, by the clock of the storage that it is on, which may be an hour off."""

from __future__ import annotations

import time
from collections.abc import Iterable

from pipes_projects.deploy.storage.storage import Entry


class StorageClock:
    """Learns what time it is on a storage once something that we put there is listed."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._wrote: tuple[str, float] | None = None

    def wrote(self, path: str) -> None:
        """Note that something was put there just now."""
        self._wrote = path, time.time()

    def entries(self, folder: str, found: Iterable[tuple[str, bool, float | None]]) -> list[Entry]:
        """Entries, from names with whether they are folders and when they were written. Ages are
        right once we have put something into this storage, and listed it."""
        found = sorted(found)
        for name, _, written in found:
            self._learn(f"{folder}/{name}", written)
        now = time.time() + self._ahead
        return [
            Entry(name, is_folder, 0.0 if written is None else max(0.0, now - written))
            for name, is_folder, written in found
        ]

    def _learn(self, path: str, written: float | None) -> None:
        if self._wrote and written is not None and path == self._wrote[0]:
            self._ahead = written - self._wrote[1]
            self._wrote = None
