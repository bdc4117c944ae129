"""Schedules: what each is called, and which runs one of its ticks requests."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from hashlib import sha256
from typing import Generic, NamedTuple, TypeVar

P = TypeVar("P", bound=Hashable)


class Member(NamedTuple, Generic[P]):
    """A script of a schedule."""

    name: str
    partitions: P | None
    """What its partitions definition is known by; None where it has none."""
    one_run: bool
    """Whether a tick requests one of the partitions, rather than each of them."""
    upstream: Collection[str]
    """The scripts whose assets it is made from; those that are no members do not count."""


class Plan(NamedTuple, Generic[P]):
    """The runs of a tick."""

    runs: Mapping[str, P | None]
    """The run of each script: that of a partitions definition, or None for the one without."""
    crossing: tuple[tuple[str, str], ...]
    """Scripts that do not wait for one upstream of them, as it is in another run: both names."""


def plan(members: Collection[Member[P]]) -> Plan[P]:
    """One run for each partitions definition; scripts without one follow what they are made from.

    They do so where that is all in one run, of which there is one a tick.
    """
    runs = {member.name: member.partitions for member in members}
    upstream = {it.name: [n for n in _others(it) if n in runs] for it in members}
    followed = {None, *(member.partitions for member in members if member.one_run)}
    for name in _in_order(upstream):
        above = {runs[it] for it in upstream[name]}
        if runs[name] is None and len(above) == 1 and above <= followed:
            runs[name] = above.pop()
    pairs = ((name, above) for name, names in upstream.items() for above in names)
    return Plan(runs, tuple((a, b) for a, b in pairs if runs[a] != runs[b]))


def _others(member: Member[P]) -> Collection[str]:
    """Assets of a script may be made from each other: that is no order of runs."""
    return dict.fromkeys(name for name in member.upstream if name != member.name)


def _in_order(upstream: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Each name after those upstream of it; none of a cycle, nor what is downstream of one."""
    sorter = TopologicalSorter(upstream)
    with suppress(CycleError):
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from ready
        sorter.done(*ready)


_PLAIN_CRON = re.compile(r"[0-9A-Z*/,-]+( [0-9A-Z*/,-]+){4}")
_PLAIN_ZONE = re.compile(r"[A-Za-z0-9]+([/_][A-Za-z0-9]+)*")
_CRON_WORDS = str.maketrans({"*": "x", "/": "by", ",": "and", "-": "to", " ": "_"})
_ZONE_WORDS = str.maketrans({"/": "_", "_": "__"})


def schedule_name(cron_schedule: str, execution_timezone: str | None = None) -> str:
    """The name of the schedule for a cron expression and a time zone: never the same for two.

    Spaces do not make a difference, and no time zone is UTC. A hash stands at the end where
    the expression or the zone has characters that have no word here.
    """
    cron = " ".join(cron_schedule.split())
    zone = execution_timezone or "UTC"
    name = "schedule_" + cron.translate(_CRON_WORDS)
    if zone != "UTC":
        name += "_" + zone.translate(_ZONE_WORDS)
    if _PLAIN_CRON.fullmatch(cron) and _PLAIN_ZONE.fullmatch(zone):
        return name
    plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return f"{plain}__{sha256(f'{cron} {zone}'.encode()).hexdigest()[:8]}"
