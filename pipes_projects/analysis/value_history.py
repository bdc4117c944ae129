"""What each layer says about every value: like `merged`, but it remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pipes_projects.compiler.lower.inheritance.layers import OPAQUE, Layer
from pipes_projects.compiler.parse.document import KeyPath
from pipes_projects.source import Location

Name = tuple[str, ...]


class Origin(NamedTuple):
    """The place where something is written, or else words for what it follows from."""

    location: Location | None
    words: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether it is a default that nobody wrote, in a file or in a name."""
        return self == BUILT_IN


BUILT_IN = Origin(None, "built in")


class Saying(NamedTuple):
    """What a layer says about a value; None resets what farther layers say."""

    value: Any
    origin: Origin


Sayings = tuple[Saying, ...]


def history(layers: Sequence[Layer], field: str) -> dict[Name, Sayings]:
    """What the layers say about a field, the nearest first; for a mapping, about each entry."""
    spots = [
        _Spot(layer, (field,), layer.data[field])
        for layer in reversed(layers)
        if field in layer.data
    ]
    return dict(_entry((field,), spots)) if spots else {}


class _Spot(NamedTuple):
    """A value in a layer."""

    layer: Layer
    path: KeyPath
    value: Any

    def saying(self) -> Saying:
        return Saying(self.value, Origin(self.layer.place(self.path)))

    def entry(self, key: str) -> _Spot | None:
        """What it says about an entry; what is not a mapping says the same about all of them."""
        if not isinstance(self.value, dict):
            return self
        return _Spot(self.layer, (*self.path, key), self.value[key]) if key in self.value else None


def _entry(name: Name, spots: Sequence[_Spot]) -> Iterable[tuple[Name, Sayings]]:
    if isinstance(spots[0].value, dict) and not _is_one_value(name):
        return _spread(name, spots)
    return [(name, tuple([spot.saying() for spot in spots]))]


def _spread(name: Name, spots: Sequence[_Spot]) -> Iterator[tuple[Name, Sayings]]:
    parts = list(_that_merge(spots))
    keys = _keys(parts)
    for key in keys:
        entries = [entry for part in parts if (entry := part.entry(key))]
        yield from _entry((*name, key), _without_idle_nulls(entries, len(name)))
    if not keys:
        yield name, tuple(spot.saying() for spot in spots)


def _is_one_value(name: Name) -> bool:
    return len(name) == 2 and name[0] in OPAQUE


def _that_merge(spots: Iterable[_Spot]) -> Iterator[_Spot]:
    """Mappings and nulls, up to the first value that they replace whole."""
    for spot in spots:
        yield spot
        if spot.value is not None and not isinstance(spot.value, dict):
            return


def _keys(spots: Sequence[_Spot]) -> dict[str, None]:
    """The entries of all mappings, in the order in which they are merged."""
    mappings = (spot.value for spot in reversed(spots) if isinstance(spot.value, dict))
    return dict.fromkeys(key for mapping in mappings for key in mapping)


def _without_idle_nulls(entries: list[_Spot], depth: int) -> list[_Spot]:
    """Without nulls for a whole mapping that did not reset anything in this entry."""
    while entries[-1].value is None and len(entries[-1].path) <= depth:
        entries = entries[:-1]
    return entries
