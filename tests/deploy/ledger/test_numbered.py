"""Numbered documents: the highest counts, and none is overwritten or lost below a higher one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipes_projects.deploy.ledger.numbered import Numbered
from pipes_projects.deploy.storage.storage import Storage
from tests.support.servers.storages import Where


def numbered_in(storage: Storage) -> Numbered:
    return Numbered(storage, "deployments/main")


def text(number: int) -> bytes:
    return f"number {number}".encode()


def mine(number: int) -> bytes:
    return f"my number {number}".encode()


def test_the_highest_counts(where: Where) -> None:
    numbered = numbered_in(where.open())
    assert numbered.highest() is None
    assert [numbered.add(text) for _ in range(3)] == [1, 2, 3]
    assert numbered.highest() == (3, b"number 3")
    assert [document.number for document in numbered.all()] == [1, 2, 3]


def test_numbers_are_ordered_as_numbers_and_other_files_do_not_count(folder: Path) -> None:
    numbered = numbered_in(Where(str(folder)).open())
    for number in (2, 999_999, 1_000_000):
        numbered.storage.create(numbered.path(number), b"")
    for name in ("9999999.json.bak", "x9999999.json", "12.json", "README"):
        numbered.storage.create(f"{numbered.folder}/{name}", b"")
    assert numbered.numbers() == [2, 999_999, 1_000_000]


def test_what_follows_nothing_is_not_put(folder: Path) -> None:
    numbered = numbered_in(Where(str(folder)).open())
    assert not numbered.put(8, text(8))
    assert numbered.numbers() == []
    assert numbered.put(1, text(1))
    assert not numbered.put(3, text(3))
    assert numbered.numbers() == [1]


class Late:
    """A storage on which others are busy between our looking, or our putting, and what follows."""

    def __init__(self, storage: Storage, others: Callable[[], None], after: bool = False) -> None:
        self.storage, self.others, self.after = storage, others, after

    def __getattr__(self, name: str) -> object:
        return getattr(self.storage, name)

    def create(self, path: str, data: bytes) -> bool:
        """Others come once."""
        others, self.others = self.others, lambda: None
        if self.after:
            created = self.storage.create(path, data)
            others()
            return created
        others()
        return self.storage.create(path, data)


@pytest.fixture
def numbered(folder: Path) -> Numbered:
    """Three documents of others."""
    found = numbered_in(Where(str(folder)).open())
    for _ in range(3):
        found.add(text)
    return found


def late(numbered: Numbered, others: Callable[[], None], after: bool = False) -> Numbered:
    return numbered_in(Late(numbered.storage, others, after))  # type: ignore[arg-type]


def test_whoever_comes_late_gets_the_next_number(numbered: Numbered) -> None:
    assert late(numbered, lambda: numbered.add(text) and None).add(mine) == 5
    assert [document.data for document in numbered.all()] == [*map(text, range(1, 5)), mine(5)]


def test_whoever_comes_late_with_a_number_is_refused(numbered: Numbered) -> None:
    assert not late(numbered, lambda: numbered.add(text) and None).put(4, mine(4))
    assert numbered.highest() == (4, text(4))


def clean(numbered: Numbered) -> None:
    """Others put two more, and remove what was before the last."""
    for _ in range(2):
        numbered.add(text)
    for number in numbered.numbers()[:-1]:
        numbered.storage.remove(numbered.path(number))


def test_nothing_is_put_under_a_number_that_is_cleaned_away(numbered: Numbered) -> None:
    assert late(numbered, lambda: clean(numbered)).add(mine) == 6
    assert [document.number for document in numbered.all()] == [5, 6]
    assert not late(numbered, lambda: clean(numbered)).put(7, mine(7))
    assert [document.number for document in numbered.all()] == [8]


def test_what_others_follow_at_once_is_kept(numbered: Numbered) -> None:
    assert late(numbered, lambda: numbered.add(text) and None, after=True).add(mine) == 4
    assert [document.data for document in numbered.all()][3:] == [mine(4), text(5)]


def test_what_must_be_the_highest_fails_where_others_follow_at_once(numbered: Numbered) -> None:
    assert not late(numbered, lambda: numbered.add(text) and None, after=True).claim(4, mine(4))
    assert numbered.highest() == (5, text(5))


def test_what_must_be_the_highest_fails_where_what_it_follows_is_swept(numbered: Numbered) -> None:
    assert not late(numbered, lambda: numbered.sweep(4)).claim(4, mine(4))


def test_what_is_not_ours_is_not_taken_back(numbered: Numbered) -> None:
    def others() -> None:
        numbered.add(text)
        numbered.add(text)
        numbered.storage.remove(numbered.path(3))

    assert not late(numbered, others).put(4, text(4))
    assert numbered.numbers() == [1, 2, 4, 5]


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
