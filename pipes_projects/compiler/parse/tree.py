"""A text as a tree: nodes that know where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

FEW: Final = 20
MAX_DEPTH: Final = 50


class Refused(Exception):  # noqa: N818  # it refuses a text; nothing of ours went wrong
    """Where in the text (two indices), what is wrong there, and what to do."""

    def __init__(
        self,
        start: int,
        end: int,
        message: str,
        help_: str | None = None,
        by_parser: bool = False,
    ) -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.help = start, end, message, help_
        self.by_parser = by_parser
        """Whether the parser gave up here; the cause may be in a line nearby."""


class Node:
    """A value in the text: a scalar's text, a list of nodes, or pairs of key and value."""

    __slots__ = ("_pairs", "end", "is_block", "is_mapping", "is_plain", "start", "value")

    def __init__(self, value: Any, event: Any, is_plain: bool, is_mapping: bool) -> None:
        self.value = value
        self.start = event.start_mark.index
        self.end = event.end_mark.index
        self.is_plain = is_plain
        self.is_block = value.__class__ is list and not event.flow_style
        self.is_mapping = is_mapping

    def pair(self, key: str) -> tuple[Node, Node] | None:
        """The key and value of the first pair with this key."""
        if len(self.value) > FEW:
            return self._by_key().get(key)
        for pair in self.value:
            if pair[0].value == key:
                found: tuple[Node, Node] = pair
                return found
        return None

    def _by_key(self) -> dict[Any, tuple[Node, Node]]:
        if not hasattr(self, "_pairs"):
            self._pairs = {pair[0].value: pair for pair in reversed(self.value)}
        return self._pairs

    @property
    def is_nothing(self) -> bool:
        """Whether there is no value at all, as when nothing follows a key's colon."""
        return self.is_plain and self.value == ""


def nodes_of(root: Node) -> Iterator[Node]:
    """Every node once, however many aliases it has."""
    seen, pending = {id(root)}, [root]
    while pending:
        node = pending.pop()
        yield node
        if node.value.__class__ is str:
            continue
        parts = [part for pair in node.value for part in pair] if node.is_mapping else node.value
        fresh = [part for part in parts if id(part) not in seen]
        seen.update(map(id, fresh))
        pending += fresh


def scalars_of(root: Node) -> Iterator[Node]:
    """Every scalar once."""
    return (node for node in nodes_of(root) if node.value.__class__ is str)
