"""What `--last-failed` makes again: what was not made, and what is only made together with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipes_projects.project import Project, Script
from pipes_projects.terminal.results.history import History
from pipes_projects.terminal.results.records import Record


class Again(NamedTuple):
    """What to make again, and the notes about it."""

    of_assets: Mapping[str, Sequence[str | None]]
    """The partitions of each asset."""
    notes: Mapping[str, str] = {}
    """For each asset that was reported before its script failed: what is done, and why."""


def again(project: Project, known: History) -> Again:
    """The assets whose last run did not make them, with the partitions that were not made.

    What a script reported before it failed is left out if the script can make the rest alone.
    """
    failed = known.not_made()
    latest = [record for record in known.latest() if record.result != "made"]
    kept, notes = dict(failed), dict[str, str]()
    for script in project.scripts:
        for key, records in _reported(script, latest).items():
            has_rest = _has_rest(script, records, known)
            if has_rest and script.can_subset:
                del kept[key]
            notes[key] = _note(key, script, has_rest=has_rest)
    return Again(kept, notes)


def _reported(script: Script, failed: Sequence[Record]) -> dict[str, list[Record]]:
    """The assets of a script that were reported in all partitions that count as not made."""
    found: dict[str, list[Record]] = {}
    for key in (asset.key for asset in script.assets):
        mine = [record for record in failed if record.asset == key]
        if mine and all(record.is_kept for record in mine):
            found[key] = mine
    return found


def _has_rest(script: Script, records: Sequence[Record], known: History) -> bool:
    """Whether each of these runs left other assets of the script unreported."""
    keys = {asset.key for asset in script.assets}
    unreported = {
        (record.run, record.partition)
        for record in known.records
        if record.asset in keys and not record.made
    }
    return all((record.run, record.partition) in unreported for record in records)


def _note(key: str, script: Script, *, has_rest: bool) -> str:
    reported = f"`{key}` was reported before its script failed"
    if not has_rest:
        return f"{reported}: it is made again, because the script has not succeeded since"
    if script.can_subset:
        return f"{reported}: it is not made again"
    why = "without `can_subset: true` a script makes all of its assets"
    return f"{reported}: it is made again, because {why}"
