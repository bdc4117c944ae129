"""The few verbs by which deployments use a storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """A file or a folder in a folder."""

    name: str
    is_folder: bool
    age: float
    """Seconds since it was written, by the storage's clock; 0 for a folder of which none is
    known."""


class Storage(Protocol):
    """Paths are relative, with slashes. What the storage refuses is a `DeployError`."""

    @property
    def shown(self) -> str:
        """The place, for people: without any secret."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Put a file, whole; False if there is one, which stays as it is."""
        ...

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """Put files whose names tell their content: one that is there is the same.

        `progress` is told how many are done.
        """
        ...

    def settle(self) -> None:
        """Return when all that was put would outlast a loss of power."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is none."""
        ...

    def entries(self, folder: str) -> list[Entry]:
        """What is directly in a folder, by name; nothing where there is no such folder."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it; what is not there is gone already."""
        ...

    def remove_files(self, paths: Sequence[str]) -> None:
        """Remove files, no folders, in as few requests as the storage can."""
        ...

    def location(self, path: str) -> str:
        """The absolute path or the URL by which a runtime finds a file: without any secret."""
        ...
