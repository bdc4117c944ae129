"""Changes of many assets by the line that made them: one line of defaults is one row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pipes_projects.analysis.diff.model import (
    ABSENT,
    Changed,
    Difference,
    ValueChange,
    Weight,
    weight_of,
)
from pipes_projects.analysis.value_history import Name
from pipes_projects.text.plain import json_text

_OF_PLACE: Final[frozenset[Name]] = frozenset({("group",), ("script",)})
VARIOUS = "\0various"
"""Stands for values that differ from asset to asset."""


class ChangeRow(NamedTuple):
    """One change, and all assets that it changes."""

    weight: Weight
    name: Name
    before: Any
    after: Any
    place: str
    """The line that made the change, or words for what did."""
    keys: tuple[str, ...]


def folded(difference: Difference) -> list[ChangeRow]:
    """A row for each change: those that need a run first, and those of most assets first."""
    rows = [*_of_files(difference), *_of_values(difference)]
    order = ("run", "plan", "about")
    return sorted(
        rows, key=lambda row: (order.index(row.weight), -len(row.keys), row.keys, row.name)
    )


def _of_files(difference: Difference) -> Iterator[ChangeRow]:
    assets: dict[str, list[str]] = {}
    for asset in difference.changed:
        for file in asset.files:
            assets.setdefault(file, []).append(asset.key)
    for file, keys in assets.items():
        yield ChangeRow("run", ("code",), ABSENT, ABSENT, file, tuple(keys))


def _of_values(difference: Difference) -> Iterator[ChangeRow]:
    same: dict[tuple[Weight, Name, str, str], list[tuple[Changed, ValueChange]]] = {}
    for asset in difference.changed:
        for change in asset.told:
            if asset.key != asset.before and change.name in _OF_PLACE:
                continue  # that it was renamed says so
            weight = weight_of(change, asset.kind)
            after = json_text(change.after)
            same.setdefault((weight, change.name, change.place, after), []).append((asset, change))
    for (weight, name, place, _), pairs in same.items():
        first = pairs[0][1]
        alike = {json_text(change.before) for _, change in pairs}
        before = first.before if len(alike) == 1 else VARIOUS
        keys = tuple(asset.key for asset, _ in pairs)
        yield ChangeRow(weight, name, before, first.after, place, keys)
