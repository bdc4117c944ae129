"""Numbered documents: the highest counts, and none is overwritten or lost below a higher one."""

from pathlib import Path

import pytest

from pipes_projects.deploy.ledger.numbered import Numbered
from pipes_projects.deploy.storage.storage import Storage
from tests.support.storages import Where


def numbered_in(storage: Storage) -> Numbered:
    return Numbered(storage, "deployments/main")


def text(number: int) -> bytes:
    return f"number {number}".encode()


def test_the_highest_counts(where: Where) -> None:
    numbered = numbered_in(where.open())
    assert numbered.highest() is None
    assert [numbered.add(text) for _ in range(3)] == [1, 2, 3]
    assert numbered.highest() == (3, b"number 3")
    assert [it.number for it in numbered.all()] == [1, 2, 3]


def test_numbers_are_ordered_as_numbers_and_other_files_do_not_count(folder: Path) -> None:
    numbered = numbered_in(Where(str(folder)).open())
    for number in (2, 999_999, 1_000_000):
        numbered.storage.create(numbered.path(number), b"")
    for name in ("9999999.json.bak", "x9999999.json", "12.json", "README"):
        numbered.storage.create(f"{numbered.folder}/{name}", b"")
    assert numbered.numbers() == [2, 999_999, 1_000_000]


class Late:
    """A storage on which others are busy between our looking and our putting."""

    def __init__(self, folder: Path, removed: bool) -> None:
        self.storage = Where(str(folder)).open()
        self.removed, self.is_late = removed, False

    def __getattr__(self, name: str) -> object:
        return getattr(self.storage, name)

    def create(self, path: str, data: bytes) -> bool:
        """First come two others, whose first may be removed again."""
        if not self.is_late:
            self.is_late = True
            others = numbered_in(self.storage)
            others.add(text)
            others.add(text)
            if self.removed:
                self.storage.remove(path)
        return self.storage.create(path, data)


@pytest.mark.parametrize("removed", [False, True])
def test_whoever_comes_late_is_still_the_highest(folder: Path, removed: bool) -> None:
    numbered = numbered_in(Late(folder, removed))  # type: ignore[arg-type]
    assert numbered.add(text) == 3
    assert [it.number for it in numbered.all()] == ([2, 3] if removed else [1, 2, 3])
    assert [it.data for it in numbered.all()] == [text(it.number) for it in numbered.all()]


class Forgetful:
    """A server whose first answer is lost, so that it is asked again."""

    def __init__(self, folder: Path) -> None:
        self.storage = Where(str(folder)).open()

    def __getattr__(self, name: str) -> object:
        return getattr(self.storage, name)

    def create(self, path: str, data: bytes) -> bool:
        """Asked twice."""
        self.storage.create(path, data)
        return self.storage.create(path, data)


def test_what_a_server_refuses_because_it_has_it_from_us_is_ours(folder: Path) -> None:
    numbered = numbered_in(Forgetful(folder))  # type: ignore[arg-type]
    assert [numbered.add(text) for _ in range(2)] == [1, 2]
