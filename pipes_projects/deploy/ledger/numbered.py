"""Documents of which nothing is overwritten: the highest number counts."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.storage import Storage

TRIES: Final = 1000
_NAME: Final = re.compile(r"(\d{6,})\.json")


class Document(NamedTuple):
    """What lies under a number."""

    number: int
    data: bytes


class Numbered:
    """The numbered documents of a folder of a storage."""

    def __init__(self, storage: Storage, folder: str) -> None:
        self.storage = storage
        self.folder = folder

    def path(self, number: int) -> str:
        """Where a document lies."""
        return f"{self.folder}/{number:06}.json"

    def numbers(self) -> list[int]:
        """Those that are there, the highest last."""
        names = (_NAME.fullmatch(it.name) for it in self.storage.entries(self.folder))
        return sorted(int(name[1]) for name in names if name)

    def read(self, number: int) -> Document | None:
        """A document; None where it is not there, or no more."""
        data = self.storage.read(self.path(number))
        return None if data is None else Document(number, data)

    def highest(self) -> Document | None:
        """The one that counts."""
        for _ in range(TRIES):
            numbers = self.numbers()
            if not numbers:
                return None
            if found := self.read(numbers[-1]):
                return found
        raise self._too_busy()

    def all(self) -> list[Document]:
        """All that are there, the highest last."""
        found = map(self.read, self.numbers())
        return [it for it in found if it]

    def add(self, make: Callable[[int], bytes]) -> int:
        """Put one more document; its number, of which it is told.

        A number may have been removed since it was the next: then what was put under it would be
        lost below those that came later. So it is the highest, or it is put again.
        """
        for attempt in range(TRIES):
            number = (self.numbers() or [0])[-1] + 1
            if self.claim(number, make(number)):
                return number
            time.sleep(random.uniform(0, min(0.02 * attempt, 0.5)))
        raise self._too_busy()

    def claim(self, number: int, data: bytes, sweep: bool = False) -> bool:
        """Put a document under a number; whether it is ours, and the highest. If so, those below
        may be swept away."""
        path = self.path(number)
        created = self.storage.create(path, data)
        # A server that was asked again, because its answer got lost, refuses what it has from us.
        if not created and self.storage.read(path) != data:
            return False
        *lower, highest = self.numbers() or [0]
        is_highest = highest == number
        for other in lower if sweep and is_highest else ():
            self.storage.remove(self.path(other))
        if created and not is_highest:
            self.storage.remove(path)
        return is_highest

    def _too_busy(self) -> DeployError:
        return DeployError(
            f"`{self.folder}` in `{self.storage.shown}` changes all the time",
            "try again when fewer deploy at once",
        )
