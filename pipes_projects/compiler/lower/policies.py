"""What effective values must be together, once everything that is inherited is merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipes_projects.compiler.lower.layers import Layer, Origins, merged
from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.diagnostics import Related
from pipes_projects.manifest.freshness import freshness_problems
from pipes_projects.manifest.problems import Problem, missing_key
from pipes_projects.source import Location

MAX_BADGES = 10
Data = Mapping[str, Any]


def policy_problems(data: Data) -> Iterator[Problem]:
    """What Dagster would refuse of an asset or script; paths begin with a field's name."""
    yield from _retry(data.get("retry_policy", {}))
    yield from _backfill(data.get("backfill_policy", {}))
    yield from _badges(data)
    if "cron_schedule" not in data.get("schedule", {"cron_schedule"}):
        yield missing_key(("schedule", "cron_schedule"))
    if "freshness_policy" in data:
        yield from freshness_problems(data["freshness_policy"])


def _retry(retry: Data) -> Iterator[Problem]:
    for name in ("backoff", "jitter"):
        if retry.get(name) and retry.get("delay") is None:
            message, help_ = f"`{name}` needs a `delay`", "write `delay: 30s`, for example"
            yield Problem(("retry_policy", name), "invalid-value", message, help_)


def _backfill(backfill: Data) -> Iterator[Problem]:
    if backfill and "type" not in backfill:
        yield missing_key(("backfill_policy", "type"))
    if backfill.get("type") == "single_run" and "max_partitions_per_run" in backfill:
        path = ("backfill_policy", "type")
        message = "`single_run` takes no `max_partitions_per_run`: one run gets all partitions"
        help_ = "remove it, or write `max_partitions_per_run: null` where it is inherited"
        yield Problem(path, "invalid-value", message, help_)


def _badges(data: Data) -> Iterator[Problem]:
    badges = {*data.get("kinds", ()), data.get("tags", {}).get("kind", "")} - {""}
    if len(badges) > MAX_BADGES:
        message = f"these are {len(badges)} badges, together with the tag `kind`"
        yield Problem(("kinds",), "invalid-value", message, f"Dagster takes {MAX_BADGES}")


Fault = tuple[Location, tuple[Related, ...]]


def fault(problem: Problem, path: KeyPath, origin: Origins, document: Document) -> Fault:
    """The manifest's own words, with what it inherits beside them; the defaults' where those are
    wrong by themselves."""
    place = origin(*path)
    own = tuple(layer for layer in origin.layers if layer.document is document)
    far = [layer for layer in origin.layers if layer.document is not document]
    if place.path == document.source.path or _is_wrong_alone(problem, far):
        return place, ()
    here = Origins(own)
    cuts = (path[:end] for end in range(len(path), 0, -1))
    said: Iterable[KeyPath] = (it for it in cuts if here.says(*it))
    return here(*next(iter(said), ())), (Related(place, "this is inherited"),)


def _is_wrong_alone(problem: Problem, far: list[Layer]) -> bool:
    return bool(far) and problem in policy_problems(merged(far))
