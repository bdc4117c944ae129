"""Where a document has a scalar: found by its place in the text, from an index built once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from pipes_projects.compiler.parse.document import KeyPath
from pipes_projects.compiler.parse.tree import Node


class Spot(NamedTuple):
    """A scalar in the text."""

    node: Node
    path: KeyPath
    is_key: bool
    parent: Node | None


class Spots:
    """Every scalar of a tree; an anchored one again for each alias."""

    def __init__(self, root: Node | None) -> None:
        self._all: dict[tuple[bool, str | None], list[Spot]] = {}
        for spot in sorted(_spots(root), key=_start):
            for word in (None, spot.node.value):
                self._all.setdefault((spot.is_key, word), []).append(spot)

    def only(self, start: int, end: int, is_key: bool, word: str | None) -> Spot | None:
        """The only key, or the only value, inside a part of the text; equal to `word`, if given."""
        spots = self._all.get((is_key, word), [])
        first = bisect_left(spots, start, key=_start)
        inside = [spot for spot in spots[first : first + 2] if spot.node.end <= end]
        return inside[0] if len(inside) == 1 else None


def _start(spot: Spot) -> int:
    start: int = spot.node.start
    return start


def _spots(root: Node | None) -> Iterator[Spot]:
    pending: list[Spot] = [Spot(root, (), False, None)] if root else []
    while pending:
        spot = pending.pop()
        node, path = spot.node, spot.path
        if isinstance(node.value, str):
            yield spot
        elif node.is_mapping:
            for key, value in node.value:
                pending.append(Spot(key, (*path, str(key.value)), True, node))
                pending.append(Spot(value, (*path, str(key.value)), False, node))
        else:
            items = enumerate(node.value)
            pending += [Spot(item, (*path, index), False, node) for index, item in items]
