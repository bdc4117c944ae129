"""What all formats say of a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from pipes_projects.analysis.diff.folding import VARIOUS, ChangeRow
from pipes_projects.analysis.diff.model import ABSENT, Difference, Weight
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.text.plain import json_text

HEADS: Final[dict[Weight, str]] = {
    "run": "Needs a run",
    "plan": "Changes how or when it is run",
    "about": "Says something else, and needs no run",
}
"""What the changes ask for, the most pressing first."""


def summary(difference: Difference) -> str:
    """The whole difference in a line."""
    moved = len(difference.renamed)
    counts = {
        "added": len(difference.added),
        "removed": len(difference.removed),
        "renamed": moved,
        "changed": len(difference.changed) - moved,
    }
    told = [f"{count} {word}" for word, count in counts.items() if count]
    if difference.stale:
        told.append(f"{len(difference.stale)} downstream to be made again")
    return ", ".join(told) or "no difference"


def name_of(row: ChangeRow) -> str:
    """The name of a value."""
    return ".".join(json_text(part) if set(part) & set(' ."') else part for part in row.name)


def change_of(row: ChangeRow) -> str:
    """What became of it; of lists, what came and what went."""
    if row.name == ("code",):
        return "changed"
    if isinstance(row.before, list) and isinstance(row.after, list):
        before, after = Counter(map(flow, row.before)), Counter(map(flow, row.after))
        came = [f"+ {item}" for item in (after - before).elements()]
        went = [f"- {item}" for item in (before - after).elements()]
        return " ".join([*came, *went]) or "in another order"
    return f"{_told(row.before)} → {_told(row.after)}"


def _told(value: Any) -> str:
    if value is None or value in (ABSENT, VARIOUS):
        return {ABSENT: "(nothing)", VARIOUS: "(various)"}.get(value or ABSENT, "(nothing)")
    return flow(value)


def assets_of(keys: Sequence[str], most: int) -> str:
    """The keys; if there are many, their number and the first of them."""
    if len(keys) == 1:
        return keys[0]
    names = ", ".join(keys[:most])
    more = ", …" if len(keys) > most else ""
    return f"{len(keys)} assets: {names}{more}"


def causes(difference: Difference) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What is made again although it has not changed, and because of what: assets with the same
    causes together."""
    found: dict[tuple[str, ...], list[str]] = {}
    for key, why in difference.stale.items():
        found.setdefault(why, []).append(key)
    return [(tuple(keys), why) for why, keys in found.items()]
