"""The assets of a project, as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipes_projects.plain_text import json_text, shown
from pipes_projects.project import Asset, Project, Script
from pipes_projects.render.table import fitted, render_rows

_COLUMNS = (
    *("ASSET", "GROUP", "KIND", "DEPS", "PARTITIONS", "SCHEDULE", "AUTOMATION", "CHECKS"),
    *("OWNERS", "PLACE"),
)
_IF_ANY = frozenset({"PARTITIONS", "SCHEDULE", "AUTOMATION", "CHECKS"})
"""Columns that are shown only if some asset has a value for them."""
_WHOLE = frozenset({"ASSET", "PLACE"})
_FIRST_TO_GO = (
    *("GROUP", "CHECKS", "AUTOMATION", "KIND", "PARTITIONS", "SCHEDULE", "OWNERS", "DEPS"),
    "PLACE",
)
"""Columns that are left out first if a terminal is too narrow."""
SWITCHED_OFF = (
    "schedules and automation do nothing until they are switched on: in Dagster's UI under"
    " Automation, or by `default_status()` of the platform owner"
)


def listed(project: Project) -> Iterator[dict[str, Any]]:
    """Every asset, by key."""
    pairs = [(asset, script) for script in project.scripts for asset in script.assets]
    for asset, script in sorted(pairs, key=lambda pair: pair[0].key):
        yield _asset(asset, script)


def _asset(asset: Asset, script: Script) -> dict[str, Any]:
    return {
        "key": asset.key,
        "group": asset.group,
        "kind": script.kind,
        "script": script.path,
        "deps": [dep.key for dep in asset.deps],
        "partitions_def": script.fields.partitions_def,
        "schedule": _schedule(script),
        "automation_condition": asset.fields.automation_condition,
        "checks": [check.name for check in asset.checks],
        "owners": list(asset.fields.owners or []),
        "path": asset.location.path,
        "line": asset.location.span.start.line + 1,
    }


def _schedule(script: Script) -> dict[str, Any] | None:
    schedule = script.fields.schedule
    return schedule.model_dump(exclude_none=True) if schedule else None


def runs_by_itself(project: Project) -> bool:
    """Whether an asset has a schedule or an automation condition."""
    return any(
        script.fields.schedule or asset.fields.automation_condition
        for script in project.scripts
        for asset in script.assets
    )


def render_json(project: Project) -> str:
    """One object, so that more can be added beside the assets."""
    return json_text({"version": 1, "assets": list(listed(project))}) + "\n"


def render_table(project: Project, limit: int | None = None) -> str:
    """A line for each asset, no wider than `limit`, if there is one."""
    rows = [_row(asset) for asset in listed(project)]
    kept = [n for n in _COLUMNS if n not in _IF_ANY or any(row[n] != "-" for row in rows)]
    cells = [tuple(kept), *(tuple(row[name] for name in kept) for row in rows)]
    return render_rows(fitted(cells, limit, _WHOLE, _FIRST_TO_GO) if limit else cells)


def _row(asset: dict[str, Any]) -> dict[str, str]:
    schedule = asset["schedule"] or {}
    cells = {
        "ASSET": asset["key"],
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
    return {name: shown(cell or "-") for name, cell in cells.items()}
