"""A position in a text → the path of the key, value or item there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipes_projects.compiler.parse.tree import Node
from pipes_projects.source import Position, SourceFile

_BREAKS = ("\r", "\n")  # a block scalar ends where the next line begins
_PROPERTIES = re.compile(r"([&!]\S*|\s+|#.*)*")


class _Entry(NamedTuple):
    """An entry of a mapping, or an item of a list."""

    step: str | int
    key: Node | None
    value: Node

    @property
    def first(self) -> Node:
        return self.key or self.value

    def is_at(self, place: _Place) -> bool:
        return place.is_in(self.first) or place.is_in(self.value)


class _Place(NamedTuple):
    source: SourceFile
    offset: int
    position: Position

    def is_in(self, node: Node) -> bool:
        """Whether the position is in a node or right after it; for a block, whatever is indented at
        least as far."""
        text, end = self.source.text, node.end
        is_last = self.offset == end == len(text) and self.position.column > 0
        if node.start <= self.offset < end or is_last:
            if not node.is_block or self.position.column >= self.indent(node):
                return True
            return any(
                entry.is_at(self) for entry in _entries(node)
            )  # inside brackets, indentation is free
        is_word = node.start < end and not node.is_block  # nothing comes after an empty value
        return self.offset == end and is_word and text[end - 1 : end] not in _BREAKS

    def is_beside(self, node: Node) -> bool:
        """Whether the position is in the line where a node begins."""
        return self.source.position(node.start).line == self.position.line

    def indent(self, node: Node) -> int:
        """The column in which a block begins; its anchor may be in the line of its key."""
        content = _PROPERTIES.match(self.source.text, node.start)
        starts = (node.start, content.end() if content else node.start)
        return min(self.source.position(start).column for start in starts)


def path_at(root: Node | None, source: SourceFile, position: Position) -> tuple[str | int, ...]:
    """The path of the innermost key, value or item at a position, or of what text typed there would
    belong to: a key, in the rest of its line; a mapping, where it could have another key."""
    line = min(position.line, len(source.line_starts) - 1)
    index = source.line_starts[line] + min(position.column, len(source.line(line)))
    place, path, node = _Place(source, index, position), list[str | int](), root
    while node is not None and isinstance(node.value, list):
        entry = _entry(node, place)
        if entry is None:
            break
        path.append(entry.step)
        node = entry.value if place.is_in(entry.value) else None
    return tuple(path)


def _entry(node: Node, place: _Place) -> _Entry | None:
    """The entry at the position; otherwise the last one before it, if it begins in the same
    line."""
    last = None
    for entry in _entries(node):
        if entry.is_at(place):
            return entry
        if entry.first.start <= place.offset:
            last = entry
    return last if last and place.is_beside(last.first) else None


def _entries(node: Node) -> Iterator[_Entry]:
    if node.is_mapping:
        return (_Entry(str(key.value), key, value) for key, value in node.value)
    return (_Entry(index, None, item) for index, item in enumerate(node.value))
