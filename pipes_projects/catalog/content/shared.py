"""JSON put together from pieces, of which those that are the same are in it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipes_projects.text.plain import page_json


class Shared:
    """Values in a list, each once; others refer to them by their place in it."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        """Where the value is in the list."""
        return self.place_of(page_json(value))

    def place_of(self, text: str) -> int:
        """Where the value is in the list, given as JSON."""
        return self.places.setdefault(text, len(self.places))

    @property
    def json(self) -> str:
        """The list."""
        return listed(self.places)


def numbered(lists: Iterable[list[str]], shared: Shared) -> Iterator[str]:
    """Lists of what is JSON already and no number, in which places stand for what is there more
    than once."""
    lists = list(lists)
    counts = Counter(text for texts in lists for text in texts)
    for texts in lists:
        yield listed(str(shared.place_of(text)) if counts[text] > 1 else text for text in texts)


def listed(items: Iterable[str]) -> str:
    """A list of what is JSON already."""
    return f"[{','.join(items)}]"


def object_of(parts: Mapping[str, str]) -> str:
    """An object whose values are JSON already."""
    return "{" + ",".join(f"{page_json(key)}:{text}" for key, text in parts.items()) + "}"
