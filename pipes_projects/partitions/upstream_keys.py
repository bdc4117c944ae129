"""The partitions of an upstream asset that a run needs, as Dagster maps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipes_projects.manifest.contract import Partitions
from pipes_projects.partitions import (
    PartitionProblem,
    PartitionSet,
    TimePartitions,
    partitions_of,
)


def upstream_keys(
    own: Partitions, keys: Sequence[str], above: Partitions, mapping: str | None, now: datetime
) -> list[str] | None:
    """Those that exist; None if only Dagster knows them, as for a mapping of the owner's."""
    known = partitions_of(above)
    if isinstance(known, PartitionProblem):
        return None
    if mapping == "last":
        return known.keys(now)[-1:]
    if mapping == "identity" or (mapping is None and own == above):
        return _existing(keys, known, now)
    if mapping == "all":
        return known.keys(now)
    return _overlapping(partitions_of(own), keys, known, now) if mapping is None else None


def _existing(keys: Sequence[str], known: PartitionSet, now: datetime) -> list[str]:
    there = {*known.keys(now)}
    return [key for key in keys if key in there]


def _overlapping(
    own: PartitionSet | PartitionProblem, keys: Sequence[str], known: PartitionSet, now: datetime
) -> list[str] | None:
    if not (isinstance(own, TimePartitions) and isinstance(known, TimePartitions)):
        return None
    first, last = own.window(keys[0]), own.window(keys[-1])
    if first is None or last is None:
        return None
    return known.overlapping(first.since, last.until, now)
