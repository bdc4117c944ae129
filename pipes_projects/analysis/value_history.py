"""Of every value, what each layer says: `merged` with a memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pipes_projects.compiler.lower.inheritance.layers import OPAQUE, Layer
from pipes_projects.compiler.parse.document import KeyPath
from pipes_projects.source import Location

Name = tuple[str, ...]


class Origin(NamedTuple):
    """The place where something is written; where it is not, words for what it follows from."""

    location: Location | None
    words: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether nobody had to say it, by word or by name."""
        return self == BUILT_IN


BUILT_IN = Origin(None, "built in")


class Saying(NamedTuple):
    """Something that is said of a value; None takes back what is said farther away."""

    value: Any
    origin: Origin


Sayings = tuple[Saying, ...]


def history(layers: Sequence[Layer], field: str) -> dict[Name, Sayings]:
    """What the layers say of a field, the nearest first: of a mapping, of each entry."""
    spots = [
        _Spot(layer, (field,), layer.data[field])
        for layer in reversed(layers)
        if field in layer.data
    ]
    return dict(_spread((field,), spots)) if spots else {}


class _Spot(NamedTuple):
    """A value in a layer."""

    layer: Layer
    path: KeyPath
    value: Any

    def saying(self) -> Saying:
        place = self.layer.document.key((*self.layer.path, *self.path))
        return Saying(self.value, Origin(place))

    def entry(self, key: str) -> _Spot | None:
        """What it says of an entry; what is no mapping says the same of all of them."""
        if not isinstance(self.value, dict):
            return self
        return _Spot(self.layer, (*self.path, key), self.value[key]) if key in self.value else None


def _spread(name: Name, spots: Sequence[_Spot]) -> Iterator[tuple[Name, Sayings]]:
    parts = list(_that_merge(spots))
    keys = _keys(parts) if isinstance(spots[0].value, dict) and not _is_one_value(name) else {}
    for key in keys:
        entries = [entry for part in parts if (entry := part.entry(key))]
        yield from _spread((*name, key), _without_idle_nulls(entries, len(name)))
    if not keys:
        yield name, tuple(spot.saying() for spot in spots)


def _is_one_value(name: Name) -> bool:
    return len(name) == 2 and name[0] in OPAQUE


def _that_merge(spots: Iterable[_Spot]) -> Iterator[_Spot]:
    """Mappings and nulls, until there is something that they replace whole."""
    for spot in spots:
        yield spot
        if spot.value is not None and not isinstance(spot.value, dict):
            return


def _keys(spots: Sequence[_Spot]) -> dict[str, None]:
    """The entries of all mappings, in the order in which they are merged."""
    mappings = (spot.value for spot in reversed(spots) if isinstance(spot.value, dict))
    return dict.fromkeys(key for mapping in mappings for key in mapping)


def _without_idle_nulls(entries: list[_Spot], depth: int) -> list[_Spot]:
    """Without nulls for a whole mapping that took nothing back of this entry."""
    while entries[-1].value is None and len(entries[-1].path) <= depth:
        entries = entries[:-1]
    return entries
