"""Partitions of several dimensions: every key of one with every key of the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import Final, NamedTuple

from pipes_projects.partitions.problems import PartitionProblem, unknown_key
from pipes_projects.partitions.static_partitions import StaticPartitions
from pipes_projects.partitions.time_partitions import PartitionWindow, TimePartitions

BETWEEN: Final = "|"


class MultiPartitions(NamedTuple):
    """Dimensions in the order of their names, which is also the order of a key's parts."""

    dimensions: Mapping[str, TimePartitions | StaticPartitions]

    def keys(self, now: datetime) -> list[str]:
        """All keys up to now, in order; Dagster leaves out those whose parts contain a `|`."""
        parts = product(*(of.keys(now) for of in self.dimensions.values()))
        return [key for key in map(BETWEEN.join, parts) if self._parts(key)]

    def window(self, key: str) -> PartitionWindow | None:
        """The window of the only time dimension; None if there are none or several."""
        parts = self._parts(key)
        times = [part for part in parts if isinstance(part[1], TimePartitions)]
        return times[0][1].window(times[0][2]) if len(times) == 1 else None

    def problem(self, key: str, now: datetime) -> PartitionProblem | None:
        """Why a key is not one of the partitions up to now."""
        if not (parts := self._parts(key)):
            return unknown_key(key, f"keys look like `{BETWEEN.join(self.dimensions)}`")
        for name, of, part in parts:
            if problem := of.problem(part, now):
                message = f"{problem.message} of the dimension `{name}`"
                return PartitionProblem(message, self._in_order(key, now) or problem.help)
        return None

    def _in_order(self, key: str, now: datetime) -> str | None:
        """The help for a key whose parts are right, but the wrong way round."""
        turned = BETWEEN.join(reversed(key.split(BETWEEN)))
        problems = (of.problem(part, now) for _, of, part in self._parts(turned))
        return None if any(problems) else f"write `{turned}`"

    def between(self, first: str, last: str, now: datetime) -> list[str] | PartitionProblem:
        """The keys from one to another in each dimension."""
        for key in (first, last):
            if problem := self.problem(key, now):
                return problem
        found: list[list[str]] = []
        for (_, of, low), (_, _, high) in zip(self._parts(first), self._parts(last), strict=True):
            keys = of.between(low, high, now)
            if isinstance(keys, PartitionProblem):
                return keys._replace(help=self._forward(first, last, now))
            found.append(keys)
        return [BETWEEN.join(parts) for parts in product(*found)]

    def _forward(self, first: str, last: str, now: datetime) -> str:
        """The help for a range that goes backwards in some dimension."""
        ends = [
            (low, high) if isinstance(of.between(low, high, now), list) else (high, low)
            for (_, of, low), (*_, high) in zip(self._parts(first), self._parts(last), strict=True)
        ]
        return "write `{}...{}`".format(*map(BETWEEN.join, zip(*ends, strict=True)))

    def latest(self, now: datetime) -> None:
        """None of them is later than all others."""
        del now

    def _parts(self, key: str) -> list[tuple[str, TimePartitions | StaticPartitions, str]]:
        parts = key.split(BETWEEN)
        if len(parts) != len(self.dimensions):
            return []
        dimensions = self.dimensions.items()
        return [(name, of, part) for (name, of), part in zip(dimensions, parts, strict=True)]
