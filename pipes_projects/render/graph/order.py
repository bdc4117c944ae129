"""The order in which nodes are listed: what they depend on first, and groups together."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from pipes_projects.render.graph.drawing import Drawing


def in_order(drawing: Drawing) -> Iterator[int]:
    """The places of all nodes, each after what it depends on, as far as there are no cycles."""
    return _Ordering(drawing).nodes()


class _Ordering:
    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.below: list[list[int]] = [[] for _ in drawing.nodes]
        self.waiting = [0] * len(drawing.nodes)
        self.depth = [0] * len(drawing.nodes)
        for edge in drawing.edges:
            self.below[edge.upstream].append(edge.downstream)
            self.waiting[edge.downstream] += 1
        self.left = set(range(len(drawing.nodes)))
        self.ready: dict[str, list[tuple[int, int]]] = {}

    def nodes(self) -> Iterator[int]:
        for at in range(len(self.waiting)):
            if not self.waiting[at]:
                self._add(at)
        group = ""
        while self.left:
            group = self._next_group(group)
            _, at = heappop(self.ready[group])
            if at in self.left:
                yield at
                self._done(at)

    def _add(self, at: int) -> None:
        group = self.drawing.nodes[at].group
        heappush(self.ready.setdefault(group, []), (self.depth[at], at))

    def _next_group(self, group: str) -> str:
        """The same group as long as some node of it is ready, then the one that starts highest."""
        if self.ready.get(group):
            return group
        ready = [(nodes[0], name) for name, nodes in self.ready.items() if nodes]
        if ready:
            return min(ready)[1]
        at = min(self.left, key=lambda node: (self.waiting[node], self.depth[node], node))
        self._add(at)  # on a cycle, or below one
        return self.drawing.nodes[at].group

    def _done(self, at: int) -> None:
        self.left.remove(at)
        for node in self.below[at]:
            self.depth[node] = max(self.depth[node], self.depth[at] + 1)
            self.waiting[node] -= 1
            if not self.waiting[node] and node in self.left:
                self._add(node)
