"""The few verbs by which deployments use a storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable


class Entry(NamedTuple):
    """A file or a folder inside a folder."""

    name: str
    is_folder: bool
    age: float
    """Seconds since it was written, by the storage's clock; 0 for a folder whose age is unknown."""


class Storage(Protocol):
    """Paths are relative, with slashes. Errors of the storage are raised as `DeployError`."""

    @property
    def shown(self) -> str:
        """The place as people may see it, without any secret."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Put a complete file; False if there is one already, which stays as it is."""
        ...

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """Put files named by their content: a file that is already there is the same.

        `progress` is told how many are done.
        """
        ...

    def settle(self) -> None:
        """Return once everything that was put would survive a loss of power."""
        ...

    def read(self, path: str) -> bytes | None:
        """A file's content; None if there is no such file."""
        ...

    def entries(self, folder: str) -> list[Entry]:
        """What is directly in a folder, by name; nothing if there is no such folder."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with everything in it, if it is there."""
        ...

    def remove_files(self, paths: Sequence[str]) -> None:
        """Remove files, but no folders, in as few requests as the storage allows."""
        ...

    def location(self, path: str) -> str:
        """The absolute path or the URL by which a runtime finds a file, without any secret."""
        ...


@runtime_checkable
class Executing(Protocol):
    """A storage whose files can be run where they are."""

    def make_executable(self, paths: Sequence[str]) -> None:
        """Let whoever may read these files run them."""
        ...


@runtime_checkable
class Listing(Protocol):
    """A storage that removes many files in one request."""

    def files_below(self, folder: str) -> list[str]:
        """The paths of all files in a folder and below, in as few requests as the storage
        allows."""
        ...


@runtime_checkable
class Showing(Protocol):
    """A storage that has the current version of each branch at a place of its own, too, with all
    files at their own paths, for those who only copy that place."""

    def show(self, path: str, name: str, folders: Sequence[str], message: str) -> str | None:
        """Once the file `path` is put, and from the same moment on, the place called `name` has the
        files of these folders, one over the other; without folders, there is no such place.

        Returns what precedes the path of a file in its location there.
        """
        ...

    def shown_path(self, location: str) -> str | None:
        """The path of a file, if this is its location at such a place."""
        ...
