"""Which partitions each script of a run gets, and how many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipes_projects.partitions import PartitionProblem, PartitionSet, partitions_of
from pipes_projects.project import Project, Script
from pipes_projects.terminal.steps import Slice


class WantedPartitions(NamedTuple):
    """Which partitions to run; at most one of these ways is used."""

    key: str | None = None
    range: tuple[str, str] | None = None
    of_assets: Mapping[str, Sequence[str | None]] = {}
    """Separate ones for each asset."""

    @property
    def is_empty(self) -> bool:
        """Whether none are named."""
        return self.key is None and self.range is None and not self.of_assets


def slices_of(
    project: Project, script: Script, wanted: WantedPartitions, now: datetime
) -> tuple[Slice, ...] | PartitionProblem | None:
    """The partitions of each run of a script; None for a script without partitions."""
    name = script.fields.partitions_def
    if name is None:
        return None
    published = project.partitions_of(script)
    if published is None:
        return PartitionProblem(f"no partitions are published as `{name}`", "see `check`")
    known = partitions_of(published)
    if isinstance(known, PartitionProblem):
        return known._replace(help=f"{known.help}, or add `--dagster`")
    keys = _keys(script, known, wanted, now)
    if isinstance(keys, PartitionProblem):
        return keys
    ranges = list(neighbours(keys, known.keys(now))) if wanted.of_assets else [keys]
    parts = (part for range_ in ranges for part in _parts(script, range_))
    return tuple(_slice(part, known) for part in parts)


def _keys(
    script: Script, known: PartitionSet, wanted: WantedPartitions, now: datetime
) -> list[str] | PartitionProblem:
    if wanted.range:
        return known.between(*wanted.range, now)
    if wanted.key is not None:
        return _problem(wanted.key, known, now) or [wanted.key]
    asked = {key for asset in script.assets for key in wanted.of_assets.get(asset.key, ())}
    if asked:
        return [key for key in known.keys(now) if key in asked]
    all_ = known.keys(now)
    such = f", such as `--partition {all_[-1]}`" if all_ else ""
    return PartitionProblem("it has partitions", f"say which of them to make{such}")


def _problem(key: str, known: PartitionSet, now: datetime) -> PartitionProblem | None:
    problem = known.problem(key, now)
    if problem and "..." in key:
        return problem._replace(help=f"several of them are a `--range {key}`")
    return problem


def _parts(script: Script, keys: list[str]) -> Iterator[list[str]]:
    """A range divided as in Dagster's backfills: without a policy, one run per partition."""
    policy = script.fields.backfill_policy
    if policy is not None and policy.type == "single_run":
        yield keys
        return
    most = (policy.max_partitions_per_run if policy else None) or 1
    yield from (keys[at : at + most] for at in range(0, len(keys), most))


def neighbours(keys: list[str], order: list[str]) -> Iterator[list[str]]:
    """Ranges without a gap, because a script only gets the first and the last key."""
    place = {key: at for at, key in enumerate(order)}
    part: list[str] = []
    for key in keys:
        if part and place.get(key) != place.get(part[-1], -2) + 1:
            yield part
            part = []
        part.append(key)
    if part:
        yield part


def _slice(keys: list[str], known: PartitionSet) -> Slice:
    first, last = known.window(keys[0]), known.window(keys[-1])
    if first is None or last is None:
        return Slice(tuple(keys))
    return Slice(tuple(keys), (first.start.isoformat(), last.end.isoformat()))
