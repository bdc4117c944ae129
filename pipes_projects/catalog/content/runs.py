"""The history of runs, for the page: the last ones of each asset."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.catalog.hidden import Mask
from pipes_projects.terminal.results.history import History
from pipes_projects.terminal.results.records import Record

LATEST: Final = 40
"""How many runs of each asset are shown."""


def runs_of(picture: Picture, known: History, mask: Mask) -> dict[str, list[dict[str, Any]]]:
    """By key, the last runs of each asset of the picture, the oldest first."""
    keys = {shown.key for shown in picture.assets}
    found: dict[str, list[Record]] = {}
    for record in known.records:
        if record.asset in keys:
            found.setdefault(record.asset, []).append(record)
    return {key: [_run(record, mask) for record in found[key][-LATEST:]] for key in sorted(found)}


def _run(record: Record, mask: Mask) -> dict[str, Any]:
    told = {
        "time": record.time,
        "partition": record.partition,
        "result": record.result,
        "seconds": record.seconds,
        "rows": record.rows,
        "checks": {name: _passed(check) for name, check in record.checks.items()},
        "why": mask(record.why),
    }
    return {key: value for key, value in told.items() if value not in (None, "", {})}


def _passed(check: Any) -> str:
    if check.get("passed"):
        return "passed"
    return "warned" if check.get("severity") == "WARN" else "failed"
