"""Schedules: what each is called, and which runs a tick requests."""

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
    """What identifies its partitions definition; None where it has none."""
    one_run: bool
    """Whether a tick requests one partition, rather than all of them."""
    upstream: Collection[str]
    """The scripts whose assets it depends on; those that are not members are ignored."""


class Plan(NamedTuple, Generic[P]):
    """The runs of one tick."""

    runs: Mapping[str, P | None]
    """The run of each script: that of a partitions definition, or None for the run without one."""
    crossing: tuple[tuple[str, str], ...]
    """Pairs of a script and an upstream script that it does not wait for, as that is in another
    run."""


def plan(members: Collection[Member[P]]) -> Plan[P]:
    """One run for each partitions definition; unpartitioned scripts join the run of their upstream.

    They join it only if everything upstream of them is in that run, and a tick requests it once.
    """
    runs = {member.name: member.partitions for member in members}
    upstream = {member.name: [n for n in _others(member) if n in runs] for member in members}
    followed = {None, *(member.partitions for member in members if member.one_run)}
    for name in _in_order(upstream):
        above = {runs[other] for other in upstream[name]}
        if runs[name] is None and len(above) == 1 and above <= followed:
            runs[name] = above.pop()
    pairs = ((name, above) for name, names in upstream.items() for above in names)
    return Plan(runs, tuple((a, b) for a, b in pairs if runs[a] != runs[b]))


def _others(member: Member[P]) -> Collection[str]:
    """Assets of a script may depend on each other, which does not order any runs."""
    return dict.fromkeys(name for name in member.upstream if name != member.name)


def _in_order(upstream: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Each name after those upstream of it, without cycles and what is downstream of them."""
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
    """The name of the schedule for a cron expression and a time zone: unique to the two.

    Spaces make no difference, and no time zone means UTC. The name ends with a hash if the
    expression or the zone has characters that cannot be spelled out here.
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
