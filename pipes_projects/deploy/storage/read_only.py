"""A storage that a dry run may read, and that refuses to be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.storage import Entry, Storage


class ReadOnlyStorage:
    """See `Storage`."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @property
    def shown(self) -> str:
        """See `Storage`."""
        return self._storage.shown

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        return self._storage.read(path)

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`."""
        return self._storage.entries(folder)

    def location(self, path: str) -> str:
        """See `Storage`."""
        return self._storage.location(path)

    def create(self, path: str, data: bytes) -> bool:
        """Refused."""
        del data
        raise _refused(path)

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """Refused, unless there are none."""
        del progress
        for path, _ in files:
            raise _refused(path)

    def settle(self) -> None:
        """There is nothing to wait for."""

    def remove(self, path: str) -> None:
        """Refused."""
        raise _refused(path)

    def remove_files(self, paths: Sequence[str]) -> None:
        """Refused, unless there are none."""
        for path in paths:
            raise _refused(path)


def _refused(path: str) -> DeployError:
    message = f"this is a dry run, and `{path}` would be changed"
    return DeployError(message, "return before that if `context.dry_run` is set")
