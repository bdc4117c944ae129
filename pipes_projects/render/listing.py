"""The assets of a project, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipes_projects.project import Asset, Project, Script
from pipes_projects.render.text import shown, width

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
    widths = [max(width(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "".join(_line(row, widths) for row in rows)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip() + "\n"


def _row(asset: dict[str, Any]) -> tuple[str, ...]:
    deps, owners = ", ".join(asset["deps"]) or "-", ", ".join(asset["owners"]) or "-"
    place = f"{asset['path']}:{asset['line']}"
    cells = (asset["key"], asset["group"], asset["kind"], deps, owners, place)
    return tuple(map(shown, cells))
