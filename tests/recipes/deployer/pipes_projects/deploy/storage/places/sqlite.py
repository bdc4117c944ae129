"""A database of SQLite as a storage: a row for each file, which can be inserted once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.paths import checked
from pipes_projects.deploy.storage.secrets import StorageUrl
from pipes_projects.deploy.storage.storage import Entry

_TABLE = "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, data BLOB, at REAL)"
_PUT = "INSERT OR IGNORE INTO files VALUES (?, ?, ?)"
_BELOW = "substr(path, 1, ?) = ?"
_PATIENCE = 60
"""For how many seconds we wait for others who write."""


class SqliteStorage:
    """See `Storage`."""

    def __init__(self, place: StorageUrl) -> None:
        self._place = place

    @property
    def shown(self) -> str:
        """See `Storage`."""
        return self._place.shown

    def create(self, path: str, data: bytes) -> bool:
        """See `Storage`."""
        with self._rows() as rows:
            return rows.execute(_PUT, (checked(path), data, time.time())).rowcount == 1

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """See `Storage`; all of them appear at once."""
        with self._rows() as rows:
            for done, (path, data) in enumerate(files, start=1):
                rows.execute(_PUT, (checked(path), data, time.time()))
                if progress:
                    progress(done)

    def settle(self) -> None:
        """See `Storage`; what is committed survives."""

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        with self._rows() as rows:
            asked = "SELECT data FROM files WHERE path = ?"
            found = rows.execute(asked, (checked(path),)).fetchone()
        return bytes(found[0]) if found else None

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`."""
        start = f"{checked(folder)}/" if folder else ""
        with self._rows() as rows:
            asked = f"SELECT path, at FROM files WHERE {_BELOW} ORDER BY path"
            found = rows.execute(asked, (len(start), start)).fetchall()
        now, entries = time.time(), dict[str, Entry]()
        for path, at in found:
            name, is_folder, _ = path.removeprefix(start).partition("/")
            age = 0.0 if is_folder else max(0.0, now - at)
            entries.setdefault(name, Entry(name, bool(is_folder), age))
        return sorted(entries.values())

    def remove(self, path: str) -> None:
        """See `Storage`."""
        start = f"{checked(path)}/"
        with self._rows() as rows:
            removed = f"DELETE FROM files WHERE path = ? OR {_BELOW}"
            rows.execute(removed, (path, len(start), start))

    def remove_files(self, paths: Sequence[str]) -> None:
        """See `Storage`."""
        with self._rows() as rows:
            rows.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def location(self, path: str) -> str:
        """See `Storage`."""
        return f"{self.shown}/{checked(path)}"

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own, so that others see all of it or nothing."""
        try:
            with closing(sqlite3.connect(f"/{self._place.path}", _PATIENCE)) as rows, rows:
                rows.execute(_TABLE)
                yield rows
        except sqlite3.Error as error:
            message = f"`{self.shown}` cannot be used: {error}"
            raise DeployError(message, "check that its folder is there, and may be used") from None
