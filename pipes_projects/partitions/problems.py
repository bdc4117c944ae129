"""Why partitions cannot be determined."""

from __future__ import annotations

from typing import NamedTuple


class PartitionProblem(NamedTuple):
    """What is wrong with a key or a range, and what would be valid."""

    message: str
    help: str


def unknown_key(key: str, nearest: str) -> PartitionProblem:
    """A key that does not exist, with what is there instead."""
    return PartitionProblem(f"there is no partition `{key}`", nearest)


def reversed_range(first: str, last: str) -> PartitionProblem:
    """A range whose end comes before its start."""
    return PartitionProblem(f"`{last}` comes before `{first}`", f"write `{last}...{first}`")
