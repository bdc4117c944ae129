"""A difference for programs: with it, the base's values can be turned into the head's.

The models are for the schema: within version 1, members may be added, but none is removed or
changes its meaning.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from pipes_projects.analysis.diff.folding import VARIOUS, folded
from pipes_projects.analysis.diff.model import (
    ABSENT,
    Changed,
    Difference,
    Known,
    ValueChange,
    Weight,
    weight_of,
)
from pipes_projects.render.picture.plain import finite, plain_origin
from pipes_projects.text.plain import json_text


class NamedValue(BaseModel):
    """A value of an asset."""

    name: tuple[str, ...]
    """The field, and the keys that lead to the value in it."""
    value: Any
    """The value."""


class OneSided(BaseModel):
    """An asset that is in the base only, or in the head only."""

    key: str
    """Its key."""
    path: str
    """Its manifest."""
    values: tuple[NamedValue, ...]
    """All its values."""


class DifferingValue(BaseModel):
    """A value that differs. Without `before` it was not there, without `after` it is not."""

    name: tuple[str, ...]
    """The field, and the keys that lead to the value in it."""
    weight: Weight
    """`run`: needs a run. `plan`: changes how or when it is run. `about`: needs nothing."""
    origin: dict[str, Any]
    """What changed it: `path` and `line`, or `built_in`, or `layout`."""
    before: Any = None
    """The value in the base."""
    after: Any = None
    """The value in the head."""


class ChangedAsset(BaseModel):
    """An asset that is in both, and differs."""

    key: str
    """Its key in the head."""
    before: str
    """Its key in the base: another one, if it was renamed."""
    files: tuple[str, ...]
    """The files of its code that differ."""
    values: tuple[DifferingValue, ...]
    """The values that differ."""


class FoldedChange(BaseModel):
    """A change, and all assets that it changes."""

    weight: Weight
    """What it asks for."""
    name: tuple[str, ...]
    """The value; `code` for a file."""
    place: str
    """The line, or the file, that made the change."""
    assets: tuple[str, ...]
    """The keys of the assets."""


class StaleAsset(BaseModel):
    """An asset that is made again although it has not changed."""

    key: str
    """Its key."""
    because_of: tuple[str, ...]
    """The changed assets that it is made from, directly or not."""


class ProjectDifference(BaseModel):
    """What `pipes-projects diff --format json` writes."""

    version: Literal[1]
    """The version of this shape."""
    base: str
    """The commit that is compared with."""
    head: str | None
    """The commit that is compared; null for the working tree."""
    added: tuple[OneSided, ...]
    """By key."""
    removed: tuple[OneSided, ...]
    """By key."""
    changed: tuple[ChangedAsset, ...]
    """By key, those that were renamed among them."""
    rows: tuple[FoldedChange, ...]
    """The same changes by the line that made them."""
    stale: tuple[StaleAsset, ...]
    """By key."""


def render_json(difference: Difference, base: str, head: str | None) -> str:
    """One object."""
    shape = {
        "version": 1,
        "base": base,
        "head": head,
        "added": list(map(_one_sided, difference.added)),
        "removed": list(map(_one_sided, difference.removed)),
        "changed": list(map(_changed, difference.changed)),
        "rows": [
            {"weight": row.weight, "name": row.name, "place": row.place, "assets": row.keys}
            for row in folded(difference)
        ],
        "stale": [{"key": key, "because_of": why} for key, why in difference.stale.items()],
    }
    return json_text(finite(shape)) + "\n"


def _one_sided(known: Known) -> dict[str, Any]:
    values = [{"name": name, "value": value} for name, value in known.values.items()]
    return {"key": known.key, "path": known.path, "values": values}


def _changed(asset: Changed) -> dict[str, Any]:
    values = [_value(change, asset.kind) for change in asset.values]
    return {"key": asset.key, "before": asset.before, "files": asset.files, "values": values}


def _value(change: ValueChange, kind: str) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    there = {side: value for side, value in sides.items() if not _is_absent(value)}
    weight = weight_of(change, kind)
    return {"name": change.name, "weight": weight, "origin": plain_origin(change.origin), **there}


def _is_absent(value: Any) -> bool:
    return isinstance(value, str) and value in (ABSENT, VARIOUS)
