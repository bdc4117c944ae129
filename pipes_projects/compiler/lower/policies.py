"""How effective values must fit together, once everything inherited is merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pipes_projects.compiler.lower.inheritance.layers import Layer, Origins, merged
from pipes_projects.compiler.lower.parameters import param_problems, schedule_problems
from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.diagnostics import Related
from pipes_projects.manifest.model.problems import Problem, missing_key
from pipes_projects.manifest.values.freshness import freshness_problems
from pipes_projects.source import Location

MAX_BADGES = 10
Data = Mapping[str, Any]


def policy_problems(data: Data) -> Iterator[Problem]:
    """What Dagster would refuse of an asset or a script; paths begin with a field's name."""
    for field, rule in RULES.items():
        if field in data:
            yield from rule(data)


def _retry(data: Data) -> Iterator[Problem]:
    retry = data["retry_policy"]
    for name in ("backoff", "jitter"):
        if retry.get(name) and retry.get("delay") is None:
            message, help_ = f"`{name}` needs a `delay`", "write `delay: 30s`, for example"
            yield Problem(("retry_policy", name), "invalid-value", message, help_)


def _backfill(data: Data) -> Iterator[Problem]:
    backfill = data["backfill_policy"]
    if backfill and "type" not in backfill:
        yield missing_key(("backfill_policy", "type"))
    if backfill.get("type") == "single_run" and "max_partitions_per_run" in backfill:
        path = ("backfill_policy", "type")
        message = "`single_run` takes no `max_partitions_per_run`: one run gets all partitions"
        help_ = "remove it, or write `max_partitions_per_run: null` where it is inherited"
        yield Problem(path, "invalid-value", message, help_)


def _schedule(data: Data) -> Iterator[Problem]:
    if "cron_schedule" not in data["schedule"]:
        yield missing_key(("schedule", "cron_schedule"))
    yield from schedule_problems(data)


def _badges(data: Data) -> Iterator[Problem]:
    if len(data["kinds"]) < MAX_BADGES:
        return
    badges = {*data["kinds"], data.get("tags", {}).get("kind", "")} - {""}
    if len(badges) > MAX_BADGES:
        message = f"these are {len(badges)} badges, together with the tag `kind`"
        yield Problem(("kinds",), "invalid-value", message, f"Dagster takes {MAX_BADGES}")


def _freshness(data: Data) -> Iterator[Problem]:
    yield from freshness_problems(data["freshness_policy"])


RULES: dict[str, Callable[[Data], Iterator[Problem]]] = {
    "retry_policy": _retry,
    "backfill_policy": _backfill,
    "kinds": _badges,
    "params": param_problems,
    "schedule": _schedule,
    "freshness_policy": _freshness,
}
"""What checks the effective values, by the field that must be present for it."""


class WordsAtFault(NamedTuple):
    """Where a problem with merged values was written."""

    location: Location
    related: tuple[Related, ...] = ()


def words_at_fault(
    problem: Problem, path: KeyPath, origin: Origins, document: Document
) -> WordsAtFault:
    """The manifest's own words, with a note on what it inherits; those of the defaults, if the
    defaults are wrong by themselves."""
    place = origin(*path)
    own = tuple(layer for layer in origin.layers if layer.document is document)
    far = [layer for layer in origin.layers if layer.document is not document]
    if place.path == document.source.path or _is_wrong_alone(problem, far):
        return WordsAtFault(place)
    here = Origins(own)
    cuts = (path[:end] for end in range(len(path), 0, -1))
    nearest = next((cut for cut in cuts if here.says(*cut)), ())
    return WordsAtFault(here(*nearest), (Related(place, "this is inherited"),))


def _is_wrong_alone(problem: Problem, far: list[Layer]) -> bool:
    return bool(far) and problem in policy_problems(merged(far))
