"""Partitions whose keys are a list."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from pipes_projects.partitions.problems import PartitionProblem, reversed_range, unknown_key
from pipes_projects.spelling import similar

_SHOWN: Final = 5


class StaticPartitions(NamedTuple):
    """Keys in order, whatever the time."""

    listed: tuple[str, ...]

    def keys(self, now: datetime) -> list[str]:
        """All keys, in order."""
        del now
        return list(self.listed)

    def window(self, key: str) -> None:
        """They have no window."""
        del key

    def problem(self, key: str, now: datetime) -> PartitionProblem | None:
        """Why a key is not one of them, with the nearest that is."""
        del now
        if key in self.listed:
            return None
        some = ", ".join(f"`{key}`" for key in self.listed[:_SHOWN]) or "none"
        near = self._written_alike(key) or similar(key, self.listed, "a partition")
        return unknown_key(key, near or f"there is {some}")

    def _written_alike(self, key: str) -> str | None:
        """The help for a key that differs from one of them only in capitals or blanks around it."""
        alike = (known for known in self.listed if _plain(known) == _plain(key))
        found = next(alike, None)
        return None if found is None else f"the nearest is `{found}`"

    def between(self, first: str, last: str, now: datetime) -> list[str] | PartitionProblem:
        """The keys from one to another, in order."""
        for key in (first, last):
            if problem := self.problem(key, now):
                return problem
        low, high = self.listed.index(first), self.listed.index(last)
        return list(self.listed[low : high + 1]) if low <= high else reversed_range(first, last)

    def latest(self, now: datetime) -> None:
        """None of them is later than another."""
        del now


def _plain(key: str) -> str:
    return key.strip().casefold()
