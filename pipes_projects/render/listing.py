"""The assets of a project, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipes_projects.project import Asset, Project, Script

_HEAD = ("ASSET", "GROUP", "KIND", "DEPS", "OWNERS", "PLACE")


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
        "owners": list(asset.fields.owners or []),
        "path": asset.location.path,
        "line": asset.location.span.start.line + 1,
    }


def render_json(project: Project) -> str:
    """One object, so that more can be added beside the assets."""
    return json.dumps({"version": 1, "assets": list(listed(project))}, indent=2) + "\n"


def render_table(project: Project) -> str:
    """Columns as wide as what stands in them."""
    rows = [_HEAD, *(_row(asset) for asset in listed(project))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(asset: dict[str, Any]) -> tuple[str, ...]:
    deps, owners = ", ".join(asset["deps"]) or "-", ", ".join(asset["owners"]) or "-"
    place = f"{asset['path']}:{asset['line']}"
    return asset["key"], asset["group"], asset["kind"], deps, owners, place
