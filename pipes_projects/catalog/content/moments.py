"""When things happen: the next ticks of schedules, and the keys of partitions."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.manifest.contract import Contract, Partitions
from pipes_projects.partitions import PartitionProblem, partitions_of
from pipes_projects.partitions.clock import Clock, time_zone

TICKS: Final = 30
"""The page shows those of them that are still to come when somebody reads it."""
_KEYS: Final = 60
"""How many of the latest keys are listed."""
UTC_NAME: Final = "UTC"


def schedules_in(picture: Picture, now: float) -> dict[str, list[int]]:
    """The next ticks of each schedule, by its expression and time zone with a line break between
    them."""
    schedules = (shown.script.fields.schedule for shown in picture.assets)
    found = {
        (schedule.cron_schedule, schedule.execution_timezone or UTC_NAME)
        for schedule in schedules
        if schedule and schedule.cron_schedule
    }
    return {f"{cron}\n{zone}": _ticks(cron, zone, now) for cron, zone in sorted(found)}


def _ticks(cron: str, zone: str, now: float) -> list[int]:
    try:
        ticks = Clock(cron, time_zone(zone)).after(now)
        return [round(tick.timestamp()) for tick in islice(ticks, TICKS)]
    except (ValueError, LookupError, OSError, OverflowError):
        return []


def partitions_in(picture: Picture, contract: Contract, now: float) -> dict[str, Any]:
    """What is known of each partitions definition that a script names."""
    names = {shown.script.fields.partitions_def or "" for shown in picture.assets}
    known = contract.partitions_defs
    return {name: _partitions(known[name], now) for name in sorted(names & known.keys())}


def _partitions(published: Partitions, now: float) -> dict[str, Any]:
    told = {"type": published.type, "description": published.description}
    found = partitions_of(published)
    if isinstance(found, PartitionProblem):
        return told
    keys = found.keys(datetime.fromtimestamp(now, UTC))
    return {**told, "count": len(keys), "first": keys[:1], "latest": keys[-_KEYS:]}
