"""Documents that are never overwritten: the one with the highest number counts."""

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
    """A document, and its number."""

    number: int
    data: bytes


class Numbered:
    """The numbered documents in a folder of a storage."""

    def __init__(self, storage: Storage, folder: str) -> None:
        self.storage = storage
        self.folder = folder

    def path(self, number: int) -> str:
        """Where a document is."""
        return f"{self.folder}/{number:06}.json"

    def numbers(self) -> list[int]:
        """The numbers that are there, the highest last."""
        names = (_NAME.fullmatch(entry.name) for entry in self.storage.entries(self.folder))
        return sorted(int(name[1]) for name in names if name)

    def read(self, number: int) -> NumberedDocument | None:
        """A document; None if it is not there, or no longer."""
        data = self.storage.read(self.path(number))
        return None if data is None else NumberedDocument(number, data)

    def highest(self) -> NumberedDocument | None:
        """The document that counts; None if there is none."""
        for _ in range(TRIES):
            numbers = self.numbers()
            if not numbers:
                return None
            if found := self.read(numbers[-1]):
                return found
        raise self._too_busy()

    def all(self) -> list[NumberedDocument]:
        """All documents, the highest last."""
        found = map(self.read, self.numbers())
        return [document for document in found if document]

    def add(self, make: Callable[[int], bytes]) -> int:
        """Put one more document, which `make` makes for its number; returns the number."""
        for attempt in range(TRIES):
            number = (self.numbers() or [0])[-1] + 1
            if self.put(number, make(number)):
                return number
            time.sleep(random.uniform(0, min(0.02 * attempt, 0.5)))
        raise self._too_busy()

    def put(self, number: int, data: bytes) -> bool:
        """Put the document that follows the one that was the highest; False if somebody else has
        put one since.

        The number may have been removed meanwhile, with those before it, or only those before it:
        a document put there then would never count, or count although it follows nothing.
        """
        created, is_ours = self._put(number, data)
        if not is_ours:
            return False
        numbers = self.numbers() or [0]
        is_next = {number - 1} - {0} <= set(numbers)
        if is_next and (number == numbers[-1] or number + 1 in numbers):
            return True
        if created:
            self.storage.remove_files([self.path(number)])
        return False

    def claim(self, number: int, data: bytes) -> bool:
        """As `put`, but whether it is also the highest afterwards; if not, it does not count.

        Listing a folder takes time, so later documents may be missing from a list; but what they
        have swept shows that they exist.
        """
        if not self._put(number, data)[1]:
            return False
        *lower, highest = self.numbers() or [0]
        return highest == number and (number == 1 or number - 1 in lower)

    def sweep(self, number: int) -> None:
        """Remove the documents below a number, the lowest first."""
        lower = [self.path(other) for other in self.numbers() if other < number]
        if lower:
            self.storage.remove_files(lower)

    def _put(self, number: int, data: bytes) -> tuple[bool, bool]:
        """Whether it was created just now, and whether it is ours.

        A server that is asked again, because its answer got lost, refuses what it has already
        got from us.
        """
        path = self.path(number)
        created = self.storage.create(path, data)
        return created, created or self.storage.read(path) == data

    def _too_busy(self) -> DeployError:
        return DeployError(
            f"`{self.folder}` in `{self.storage.shown}` changes all the time",
            "try again when fewer deploy at once",
        )
