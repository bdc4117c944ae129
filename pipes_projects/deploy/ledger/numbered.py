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


class NumberedDocument(NamedTuple):
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
        names = (_NAME.fullmatch(entry.name) for entry in self.storage.entries(self.folder))
        return sorted(int(name[1]) for name in names if name)

    def read(self, number: int) -> NumberedDocument | None:
        """A document; None where it is not there, or no more."""
        data = self.storage.read(self.path(number))
        return None if data is None else NumberedDocument(number, data)

    def highest(self) -> NumberedDocument | None:
        """The one that counts."""
        for _ in range(TRIES):
            numbers = self.numbers()
            if not numbers:
                return None
            if found := self.read(numbers[-1]):
                return found
        raise self._too_busy()

    def all(self) -> list[NumberedDocument]:
        """All that are there, the highest last."""
        found = map(self.read, self.numbers())
        return [document for document in found if document]

    def add(self, make: Callable[[int], bytes]) -> int:
        """Put one more document; its number, of which it is told."""
        for attempt in range(TRIES):
            number = (self.numbers() or [0])[-1] + 1
            if self.put(number, make(number)):
                return number
            time.sleep(random.uniform(0, min(0.02 * attempt, 0.5)))
        raise self._too_busy()

    def put(self, number: int, data: bytes) -> bool:
        """Put the document that follows the one that was the highest; False where somebody else
        did, since then.

        A number may have been removed meanwhile, with those before it: what is put there would
        have been lost from the beginning.
        """
        created, is_ours = self._put(number, data)
        if not is_ours:
            return False
        numbers = self.numbers()
        if number in (numbers or [0])[-1:] or {number - 1, number + 1} - {0} <= set(numbers):
            return True
        if created:
            self.storage.remove_files([self.path(number)])
        return False

    def claim(self, number: int, data: bytes) -> bool:
        """As `put`, but whether it is the highest also after that. If not, it counts for nothing.

        A list is not made in a moment: what came after may be missing from it, and is told by
        what it has swept.
        """
        if not self._put(number, data)[1]:
            return False
        *lower, highest = self.numbers() or [0]
        return highest == number and (number == 1 or number - 1 in lower)

    def sweep(self, number: int) -> None:
        """Remove what is below a number, the lowest first."""
        lower = [self.path(other) for other in self.numbers() if other < number]
        if lower:
            self.storage.remove_files(lower)

    def _put(self, number: int, data: bytes) -> tuple[bool, bool]:
        """Whether it was created just now; whether it is ours.

        A server that was asked again, because its answer got lost, refuses what it has from us.
        """
        path = self.path(number)
        created = self.storage.create(path, data)
        return created, created or self.storage.read(path) == data

    def _too_busy(self) -> DeployError:
        return DeployError(
            f"`{self.folder}` in `{self.storage.shown}` changes all the time",
            "try again when fewer deploy at once",
        )
