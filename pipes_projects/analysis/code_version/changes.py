"""What was recorded of the last run of an asset, beside what holds today → why it is stale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Changes(NamedTuple):
    """The parts of a code version that differ, by name."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether everything is as it was."""
        return not (self.changed or self.added or self.removed)


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """What differs between two records of parts, each with its short hash."""
    return Changes(
        tuple(name for name in now if name in before and before[name] != now[name]),
        tuple(name for name in now if name not in before),
        tuple(name for name in before if name not in now),
    )
