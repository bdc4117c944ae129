"""The partitions of a contract, without Dagster: their keys, ranges of them, and their windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipes_projects.manifest.contract import Partitions, PartitionWindows
from pipes_projects.partitions.multi_partitions import MultiPartitions
from pipes_projects.partitions.problems import PartitionProblem
from pipes_projects.partitions.static_partitions import StaticPartitions
from pipes_projects.partitions.time_partitions import PartitionWindow, TimePartitions
from pipes_projects.text.plain import brief

__all__ = [
    "MultiPartitions",
    "PartitionProblem",
    "PartitionSet",
    "PartitionWindow",
    "StaticPartitions",
    "TimePartitions",
    "partitions_of",
]

PartitionSet = TimePartitions | StaticPartitions | MultiPartitions
_ONLY_DAGSTER: Final = "only Dagster knows these partitions"
_AGAIN: Final = "write the contract again with `pipes-projects schema`"


def partitions_of(published: Partitions) -> PartitionSet | PartitionProblem:
    """A contract's partitions, which can be asked for keys; or why only Dagster knows them."""
    if published.dimensions is not None:
        return _multi(published.dimensions)
    if published.windows is not None:
        return _of_time(published.windows)
    if published.keys is not None:
        return StaticPartitions(published.keys)
    if published.type == "dynamic":
        help_ = "keys of dynamic partitions are in its instance"
        return PartitionProblem(_ONLY_DAGSTER, help_)
    return PartitionProblem("the contract does not say what these partitions are", _AGAIN)


def _multi(dimensions: Mapping[str, Partitions]) -> PartitionSet | PartitionProblem:
    found: dict[str, TimePartitions | StaticPartitions] = {}
    for name, published in sorted(dimensions.items()):
        of = partitions_of(published)
        if isinstance(of, PartitionProblem):
            return of
        if not isinstance(of, MultiPartitions):
            found[name] = of
    return MultiPartitions(found)


def _of_time(windows: PartitionWindows) -> TimePartitions | PartitionProblem:
    try:
        found = TimePartitions(windows)
    except (ValueError, LookupError, OSError, OverflowError) as error:
        message = "what the contract says about these partitions is impossible"
        return PartitionProblem(f"{message}: {brief(str(error))}", _AGAIN)
    if not found.clock.is_certain(found.start):
        help_ = "use a time zone other than `{}`, where clocks change by half an hour"
        return PartitionProblem(_ONLY_DAGSTER, help_.format(windows.timezone))
    return found
