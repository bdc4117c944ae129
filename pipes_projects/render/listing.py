"""The assets of a project, as a table for people."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from pipes_projects.analysis.picture.model import OtherAsset, Picture
from pipes_projects.render.picture.plain import plain_asset, plain_error
from pipes_projects.render.table import fitted, render_rows
from pipes_projects.text.plain import shown as as_shown

_COLUMNS = (
    *("ASSET", "STATE", "GROUP", "KIND", "DEPS", "PARTITIONS", "SCHEDULE", "AUTOMATION", "CHECKS"),
    *("OWNERS", "PLACE"),
)
_IF_ANY = frozenset({"STATE", "PARTITIONS", "SCHEDULE", "AUTOMATION", "CHECKS"})
"""Columns that are shown only if some asset has a value for them."""
_WHOLE = frozenset({"ASSET", "STATE", "PLACE"})
_FIRST_TO_GO = (
    *("GROUP", "CHECKS", "AUTOMATION", "KIND", "PARTITIONS", "SCHEDULE", "OWNERS", "DEPS"),
    *("STATE", "PLACE"),
)
"""Columns that are left out first if a terminal is too narrow."""
SWITCHED_OFF = (
    "schedules and automation do nothing until they are switched on: in Dagster's UI under"
    " Automation, or by `default_status()` of the platform owner"
)


def runs_by_itself(picture: Picture) -> bool:
    """Whether an asset has a schedule or an automation condition."""
    return any(
        shown.script.fields.schedule or shown.asset.fields.automation_condition
        for shown in picture.assets
    )


def render_table(picture: Picture, limit: int | None = None) -> str:
    """A line for each asset, even where its manifest cannot be read; no wider than `limit`, if
    there is one."""
    rows = [_row(plain_asset(shown, with_values=False)) for shown in picture.assets]
    unreadable = [_unreadable_row(other) for other in picture.others if other.errors]
    rows = sorted((*rows, *unreadable), key=itemgetter("ASSET")) if unreadable else rows
    kept = [n for n in _COLUMNS if n not in _IF_ANY or any(row[n] != "-" for row in rows)]
    cells = [tuple(kept), *(tuple(row[name] for name in kept) for row in rows)]
    return render_rows(fitted(cells, limit, _WHOLE, _FIRST_TO_GO) if limit else cells)


def _row(asset: dict[str, Any]) -> dict[str, str]:
    schedule = asset["schedule"] or {}
    cells = {
        "ASSET": asset["key"],
        "STATE": asset["state"] if asset["errors"] else "",
        "GROUP": asset["group"],
        "KIND": asset["kind"],
        "DEPS": ", ".join(asset["deps"]),
        "PARTITIONS": asset["partitions_def"],
        "SCHEDULE": " ".join(value for value in schedule.values() if isinstance(value, str)),
        "AUTOMATION": asset["automation_condition"],
        "CHECKS": ", ".join(asset["checks"]),
        "OWNERS": ", ".join(asset["owners"]),
        "PLACE": f"{asset['path']}:{asset['line']}",
    }
    return {name: as_shown(cell or "-") for name, cell in cells.items()}


def _unreadable_row(other: OtherAsset) -> dict[str, str]:
    """What is known of it, and the place of the error."""
    at = plain_error(other.errors[0])
    place = f"{at['path']}:{at['line']}"
    known = {"ASSET": other.key, "STATE": other.state, "GROUP": other.group, "PLACE": place}
    return {name: as_shown(known.get(name, "-")) for name in _COLUMNS}
