"""Scripts → Dagster's schedules: one for each cron expression and time zone.

Each run request selects its own assets.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import dagster as dg

from pipes_projects.compiler.check.schedule_plan import Member, plan, schedule_name
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.params import fault
from pipes_projects.manifest.schedule import CronSchedule

ASSET_JOB = "__ASSET_JOB"
"""Dagster's own job for all assets of a location: what the UI's "Materialize" runs."""

Keys = Sequence[dg.AssetKey]


class Scheduled(NamedTuple):
    """What a schedule needs to know about a script, and no more: thousands are kept."""

    name: str
    cron_schedule: str
    execution_timezone: str | None
    partitions_def: dg.PartitionsDefinition | None
    assets: Keys
    upstream: frozenset[str]
    """The scripts that make its upstream assets."""
    config: Mapping[str, Any]
    """The parameters that the schedule sets, by the name of its step."""


class Run(NamedTuple):
    """What a tick requests: one run, or one run for each key of some partitions."""

    partitions_def: dg.PartitionsDefinition | None
    assets: Keys
    run_config: Mapping[str, Any]


def scheduled(
    script: PipesScript, specs: Iterable[dg.AssetSpec], makers: Mapping[dg.AssetKey, str]
) -> Scheduled:
    """A script with a schedule. `makers` names the script of each asset."""
    schedule = script.manifest.schedule
    if not isinstance(schedule, CronSchedule) or schedule.cron_schedule is None:
        raise TypeError(f"`schedule` is a CronSchedule with a `cron_schedule`, not {schedule!r}")
    made = list(specs)
    above = (makers.get(dep.asset_key) for spec in made for dep in spec.deps)
    return Scheduled(
        script.name,
        schedule.cron_schedule,
        schedule.execution_timezone,
        _partitions_of(made),
        tuple(spec.key for spec in made),
        frozenset(name for name in above if name),
        _config(script, schedule.params or {}),
    )


def _config(script: PipesScript, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Config by step, as Dagster expects it; raises TypeError for values that make no sense."""
    known = script.declared_params() if params else {}
    for name, value in params.items():
        if name not in known:
            raise TypeError(f"`schedule` sets param `{name}`, and the script has none")
        if why := fault(known[name], value):
            raise TypeError(f"`schedule` sets param `{name}` to `{flow(value)}`: {why}")
    return {script.manifest.op_name: {"config": dict(params)}} if params else {}


def _partitions_of(specs: Iterable[dg.AssetSpec]) -> dg.PartitionsDefinition | None:
    """The partitions of a script's assets, whichever of its views gave them."""
    given = [spec.partitions_def for spec in specs if spec.partitions_def is not None]
    if any(other is not given[0] and other != given[0] for other in given):
        raise TypeError("a `schedule` is for assets with equal partitions")
    return given[0] if given else None


def schedules_of(
    scripts: Iterable[Scheduled], default_status: dg.DefaultScheduleStatus
) -> list[dg.ScheduleDefinition]:
    """The schedules of a project, each for all scripts with its cron expression and time zone."""
    by_name: dict[str, list[Scheduled]] = {}
    for script in scripts:
        by_name.setdefault(
            schedule_name(script.cron_schedule, script.execution_timezone), []
        ).append(script)
    return [_schedule(name, members, default_status) for name, members in by_name.items()]


def _schedule(
    name: str, members: Sequence[Scheduled], default_status: dg.DefaultScheduleStatus
) -> dg.ScheduleDefinition:
    runs = runs_of(members)
    return dg.ScheduleDefinition(
        name,
        **_target(runs),
        cron_schedule=" ".join(members[0].cron_schedule.split()),
        execution_timezone=members[0].execution_timezone,
        execution_fn=Tick(name, members[0].execution_timezone or "UTC", runs),
        description=f"Makes {_listed(runs)}.",
        default_status=default_status,
    )


def _target(runs: Sequence[Run]) -> dict[str, Any]:
    """A job of the schedule's own assets, if possible, which shows the schedule on their pages.

    A job cannot have two partitions definitions; then it is Dagster's job for all assets.
    """
    if len([run for run in runs if run.partitions_def is not None]) > 1:
        return {"job_name": ASSET_JOB}
    return {"target": dg.AssetSelection.assets(*(key for run in runs for key in run.assets))}


def runs_of(members: Sequence[Scheduled]) -> list[Run]:
    """The scripts of a schedule, grouped by run."""
    distinct = _distinct(member.partitions_def for member in members)
    runs: dict[int | None, list[dg.AssetKey]] = {}
    config: dict[int | None, dict[str, Any]] = {}
    planned = plan([_member(member, distinct) for member in members])
    for member in members:
        runs.setdefault(planned.runs[member.name], []).extend(member.assets)
        config.setdefault(planned.runs[member.name], {}).update(member.config)
    known: dict[int | None, dg.PartitionsDefinition] = {
        id(partitions): partitions for partitions in distinct.values()
    }
    return [
        Run(known.get(of), tuple(keys), {"ops": config[of]} if config[of] else {})
        for of, keys in runs.items()
    ]


Distinct = Mapping[int, dg.PartitionsDefinition]


def _distinct(definitions: Iterable[dg.PartitionsDefinition | None]) -> Distinct:
    """By the `id` of each definition, the first that equals it, because hashing them is slow."""
    objects = {id(definition): definition for definition in definitions if definition is not None}
    first: dict[dg.PartitionsDefinition, dg.PartitionsDefinition] = {}
    return {
        number: first.setdefault(partitions, partitions) for number, partitions in objects.items()
    }


def _member(script: Scheduled, distinct: Distinct) -> Member[int]:
    known_by = None if script.partitions_def is None else id(distinct[id(script.partitions_def)])
    one_run = isinstance(script.partitions_def, dg.TimeWindowPartitionsDefinition)
    return Member(script.name, known_by, one_run, script.upstream)


class Tick:
    """What Dagster calls at each tick of a schedule."""

    def __init__(self, name: str, execution_timezone: str, runs: Sequence[Run]) -> None:
        self.name = name
        self.execution_timezone = execution_timezone
        self.runs = runs

    def __call__(
        self, context: dg.ScheduleEvaluationContext
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """A request for each run, or why there are none."""
        time = self._time(context)
        # Dagster passes an instance in production; a test may not.
        instance = context.instance if context.instance_ref else None
        with dg.partition_loading_context(time, instance):
            requests = [request for run in self.runs for request in self._requests(run, time)]
        yield from requests
        if not requests:
            yield dg.SkipReason(f"no partition yet for {_listed(self.runs)}")

    def _time(self, context: dg.ScheduleEvaluationContext) -> datetime:
        """The time for which the tick was scheduled; if naive, in the schedule's time zone."""
        time = context.scheduled_execution_time
        return time if time.tzinfo else time.replace(tzinfo=ZoneInfo(self.execution_timezone))

    def _requests(self, run: Run, time: datetime) -> Iterator[dg.RunRequest]:
        # Unique within a tick: two definitions can have the same keys, but never the same asset.
        at = time.astimezone(UTC).isoformat()
        first = run.assets[0].to_user_string()
        if run.partitions_def is None:
            yield dg.RunRequest(
                f"{self.name}|{first}|{at}",
                run_config=run.run_config,
                asset_selection=run.assets,
            )
            return
        for key in partition_keys(run.partitions_def, time):
            yield dg.RunRequest(
                f"{self.name}|{first}|{key}|{at}",
                run_config=run.run_config,
                # Otherwise Dagster looks at every asset of the run for every key.
                tags=run.partitions_def.get_tags_for_partition_key(key),
                asset_selection=run.assets,
                partition_key=key,
            )


def partition_keys(definition: dg.PartitionsDefinition, time: datetime) -> Sequence[str]:
    """The keys that a tick requests; call it in a loading context with the tick's time."""
    if isinstance(definition, dg.TimeWindowPartitionsDefinition):
        last = _last_ended(definition, time)
        return [last] if last else []
    if isinstance(definition, dg.MultiPartitionsDefinition):
        return list(_combined(definition, time))
    return definition.get_partition_keys()


def _last_ended(definition: dg.TimeWindowPartitionsDefinition, time: datetime) -> str | None:
    """The last partition whose window has ended."""
    ended = definition.get_prev_partition_window(time)
    last = definition.get_last_partition_window()
    if ended is None or last is None:
        return None
    start = min(ended.start.timestamp(), last.start.timestamp())
    key = definition.get_partition_key_for_timestamp(start)
    return key if definition.has_partition_key(key) else None


def _combined(definition: dg.MultiPartitionsDefinition, time: datetime) -> Iterator[str]:
    """The last ended partition of a time dimension, combined with all keys of any other."""
    dimensions = definition.partitions_defs
    names = [dimension.name for dimension in dimensions]
    keys = (partition_keys(dimension.partitions_def, time) for dimension in dimensions)
    for combination in product(*keys):
        key = str(dg.MultiPartitionKey(dict(zip(names, combination, strict=True))))
        if definition.is_valid_key_format(key):  # a dynamic key may contain the separator
            yield key


def _listed(runs: Iterable[Run]) -> str:
    """The first assets by name, and how many more there are."""
    names = [key.to_user_string() for run in runs for key in run.assets]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


_NAMED = 5
