"""The lines at the left of a listed graph: each node's line runs down to the last that depends on
it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipes_projects.render.graph.drawing import Drawing


class Mark(NamedTuple):
    """What a row has in one column: the directions in which lines leave it."""

    up: bool = False
    down: bool = False
    left: bool = False
    right: bool = False
    under: bool = False
    """Whether the row's line passes under a line that it has nothing to do with."""
    of: int = -1
    """The node whose line it is; -1 where it belongs to the row's own node."""
    is_node: bool = False
    """Whether the row's node stands here."""


class Row(NamedTuple):
    """One node: its lines, and what no line leads to."""

    node: int
    marks: tuple[Mark, ...]
    named: tuple[int, ...]
    """What it depends on that is above, where there was no room for a line."""
    below: tuple[int, ...]
    """What it depends on that comes below, on a cycle."""

    @property
    def column(self) -> int:
        """Where the node stands."""
        return next(at for at, mark in enumerate(self.marks) if mark.is_node)

    @property
    def through(self) -> tuple[int, ...]:
        """The lines that enter the row from above, by column; -1 where there is none."""
        return tuple(mark.of if mark.up else -1 for mark in self.marks)


def rows(drawing: Drawing, order: Iterable[int], most: int) -> Iterator[Row]:
    """A row for each node in this order, with no more than `most` lines beside each other."""
    return _Lanes(drawing, most).rows(order)


class _Lanes:
    def __init__(self, drawing: Drawing, most: int) -> None:
        self.most = most
        self.above: list[list[int]] = [[] for _ in drawing.nodes]
        self.left = [0] * len(drawing.nodes)
        """How many nodes below still depend on each."""
        for edge in drawing.edges:
            self.above[edge.downstream].append(edge.upstream)
            self.left[edge.upstream] += 1
        self.done = set[int]()
        self.lanes: list[int] = []
        """The node whose line is in each column; -1 where it is free."""

    def rows(self, order: Iterable[int]) -> Iterator[Row]:
        for node in order:
            before = tuple(self.lanes)
            from_ = {at for at, lane in enumerate(before) if lane in self.above[node]}
            shown = {before[at] for at in from_}
            others = [above for above in self.above[node] if above not in shown]
            named = tuple(above for above in others if above in self.done)
            below = tuple(above for above in others if above not in self.done)
            self.done.add(node)
            for above in self.above[node]:
                self.left[above] -= 1
            at = self._column(from_)
            for ended in (column for column in from_ if not self.left[before[column]]):
                self.lanes[ended] = -1
            self._start(node, at)
            yield Row(node, tuple(self._marks(before, from_, at)), named, below)

    def _column(self, from_: set[int]) -> int:
        """Below a line that ends here, or else in the first free column."""
        ends = [at for at in sorted(from_) if not self.left[self.lanes[at]]]
        free = (at for at, lane in enumerate(self.lanes) if lane < 0)
        return ends[0] if ends else next(free, len(self.lanes))

    def _start(self, node: int, at: int) -> None:
        if self.left[node] > 0 and at < self.most:
            self.lanes += [-1] * (at + 1 - len(self.lanes))
            self.lanes[at] = node
        while self.lanes and self.lanes[-1] < 0:
            self.lanes.pop()

    def _marks(self, before: tuple[int, ...], from_: set[int], at: int) -> Iterator[Mark]:
        ends = {*from_, at}
        first, last = min(ends), max(ends)
        for column in range(max(len(before), len(self.lanes), at + 1)):
            lane = before[column] if column < len(before) else -1
            now = self.lanes[column] if column < len(self.lanes) else -1
            joins, crosses = column in ends, first < column < last and lane >= 0
            reaches = joins or (first < column < last and lane < 0)
            yield Mark(
                lane >= 0,
                now >= 0,
                reaches and column > first,
                reaches and column < last,
                crosses and not joins,
                lane,
                column == at,
            )
