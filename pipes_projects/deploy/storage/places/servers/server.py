"""What storages on a server have in common: they are probed before the first file is put."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from threading import Lock

from pipes_projects.deploy.storage.places.clock import StorageClock
from pipes_projects.deploy.storage.places.probe import probe
from pipes_projects.deploy.storage.places.side_by_side import put_side_by_side
from pipes_projects.deploy.storage.secrets import StorageUrl


class ServerStorage(ABC):
    """See `Storage`, of which this is a part."""

    def __init__(self, place: StorageUrl, at_once: int, is_known: bool) -> None:
        """`at_once` files are put at once; an unknown server is probed by many at once."""
        self._place = place
        self._clock = StorageClock()
        self._at_once, self._is_known = at_once, is_known
        self._is_probed = False
        self._probing = Lock()

    @property
    def shown(self) -> str:
        """See `Storage`."""
        return self._place.shown

    def create(self, path: str, data: bytes) -> bool:
        """See `Storage`."""
        self._refuse_careless()
        created = self._create(path, data)
        if created:
            self._clock.wrote(path)
        return created

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """See `Storage`."""
        self._refuse_careless()
        put_side_by_side(files, self._create, self._at_once, progress)

    @abstractmethod
    def read(self, path: str) -> bytes | None:
        """See `Storage`."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """See `Storage`."""

    @abstractmethod
    def _create(self, path: str, data: bytes) -> bool:
        """Put a complete file, once; False if there is one already."""

    def _refuse_careless(self) -> None:
        with self._probing:
            if not self._is_probed:
                probe(self, self._create, self._is_known)
            self._is_probed = True
