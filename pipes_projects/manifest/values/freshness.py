"""How old an asset may become: Dagster's two policies, and what it requires of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from pipes_projects.manifest.cron.expression import Cron, TimeZone
from pipes_projects.manifest.model import Model
from pipes_projects.manifest.model.problems import Path, Problem, missing_key
from pipes_projects.manifest.values.duration import Duration, duration_text, parse_duration

_POLICY: Final = "freshness_policy"
_MINUTE: Final = timedelta(minutes=1)
_Data = Mapping[str, Any]


class TimeWindow(Model):
    """How long ago the asset may last have been made."""

    fail_window: Duration | None = None
    """The asset fails if it was made longer ago than this: `24h`, at least one minute."""

    warn_window: Duration | None = None
    """Dagster warns if the asset was made longer ago than this: shorter than `fail_window`."""


class CronDeadline(Model):
    """The times by which the asset must have been made."""

    deadline_cron: Cron | None = None
    """The deadlines, as a cron expression: `0 10 * * *` is every day at ten."""

    lower_bound_delta: Duration | None = None
    """How long before a deadline the asset may be made and still count for it: `2h`, at least one
    minute, and at most the time between two deadlines."""

    timezone: TimeZone | None = None
    """The time zone of the deadlines, such as `Europe/Berlin`; by default UTC."""


class FreshnessPolicy(Model):
    """How old the asset may become: by `time_window` or by `cron`."""

    time_window: TimeWindow | None = None
    """The asset must at any time have been made recently enough."""

    cron: CronDeadline | None = None
    """The asset must have been made before each of its deadlines."""


def freshness_problems(data: _Data) -> Iterator[Problem]:
    """What is missing of a whole policy, or what Dagster would refuse."""
    if not isinstance(data, Mapping):
        return
    window, cron = data.get("time_window"), data.get("cron")
    if window is not None and cron is not None:
        message = f"`{_POLICY}` has both `time_window` and `cron`"
        help_ = "remove one of them, or write `null` for the one that is inherited"
        yield Problem((_POLICY,), "invalid-value", message, help_)
    elif window is None and cron is None:
        message = f"`{_POLICY}` needs `time_window` or `cron`"
        help_ = "for example `time_window: {fail_window: 24h}`"
        yield Problem((_POLICY,), "invalid-value", message, help_)
    elif isinstance(window, Mapping):
        yield from _time_window(window, (_POLICY, "time_window"))
    elif isinstance(cron, Mapping):
        yield from _cron_deadline(cron, (_POLICY, "cron"))


def _time_window(data: _Data, path: Path) -> Iterator[Problem]:
    fail, warn = (parse_duration(data.get(name)) for name in ("fail_window", "warn_window"))
    yield from _missing(data, path, "fail_window")
    yield from _too_short(data, path, "fail_window", "warn_window")
    if fail and warn and _MINUTE <= fail <= warn:
        message = "`warn_window` must be shorter than `fail_window`"
        help_ = f"`fail_window` is `{data['fail_window']}`"
        yield Problem((*path, "warn_window"), "invalid-value", message, help_)


def _cron_deadline(data: _Data, path: Path) -> Iterator[Problem]:
    yield from _missing(data, path, "deadline_cron", "lower_bound_delta")
    yield from _too_short(data, path, "lower_bound_delta")
    cron, delta = data.get("deadline_cron"), parse_duration(data.get("lower_bound_delta"))
    if isinstance(cron, str):
        yield from _interval(cron, delta, path)


def _interval(cron: str, delta: timedelta | None, path: Path) -> Iterator[Problem]:
    from pipes_projects.manifest.cron.fields import Fault, expand  # for few manifests
    from pipes_projects.manifest.cron.ticks import smallest_interval

    if isinstance(expand(cron), Fault):
        return
    shortest = smallest_interval(cron)
    if shortest is None:
        message = f"`{cron}` never comes, or too rarely"
        help_ = "Dagster needs two deadlines in 20 years"
        yield Problem((*path, "deadline_cron"), "invalid-value", message, help_)
    elif delta and delta > shortest:
        message = "`lower_bound_delta` must not be longer than the time between two deadlines"
        help_ = f"between two deadlines of `{cron}` there may be only `{duration_text(shortest)}`"
        yield Problem((*path, "lower_bound_delta"), "invalid-value", message, help_)


def _missing(data: _Data, path: Path, *names: str) -> Iterator[Problem]:
    return (missing_key((*path, name)) for name in names if data.get(name) is None)


def _too_short(data: _Data, path: Path, *names: str) -> Iterator[Problem]:
    for name in names:
        duration = parse_duration(data.get(name))
        if duration is not None and duration < _MINUTE:
            message, help_ = (
                f"`{name}` must be at least one minute",
                "Dagster takes nothing shorter",
            )
            yield Problem((*path, name), "invalid-value", message, help_)
