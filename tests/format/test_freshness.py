"""Freshness policies: what is refused is what Dagster refuses, and what is missing is told."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import product
from typing import Any

import dagster as dg
import pytest
from dagster._check import CheckError
from pydantic import ValidationError

from pipes_projects.manifest.model.problems import Problem
from pipes_projects.manifest.values.freshness import FreshnessPolicy, freshness_problems

POLICY = "freshness_policy"
WINDOW, CRON = (POLICY, "time_window"), (POLICY, "cron")
DURATIONS = ["1s", "59.9s", "60s", "1m", "PT1M", "61s", "59m", "1h", "24h", "1d", "1440m", "8d"]


def problems(data: Mapping[str, Any]) -> list[Problem]:
    return list(freshness_problems(data))


def told(data: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (finding.path, finding.code, finding.message, finding.help) for finding in problems(data)
    ]


def dagster_takes(data: Mapping[str, Any]) -> bool:
    policy = FreshnessPolicy.model_validate(data)
    try:
        if window := policy.time_window:
            assert window.fail_window
            dg.FreshnessPolicy.time_window(window.fail_window, window.warn_window)
        if cron := policy.cron:
            assert cron.deadline_cron
            assert cron.lower_bound_delta
            dg.FreshnessPolicy.cron(
                cron.deadline_cron, cron.lower_bound_delta, cron.timezone or "UTC"
            )
    except (CheckError, ValueError):  # the latter from croniter, of what has no ticks
        return False
    return True


@pytest.mark.parametrize(("fail", "warn"), [*product(DURATIONS, [None, *DURATIONS])])
def test_dagster_takes_the_windows_that_are_accepted(fail: str, warn: str | None) -> None:
    data = {"time_window": {"fail_window": fail, "warn_window": warn}}
    assert (problems(data) == []) == dagster_takes(data)


CRONS = ["* * * * *", "@hourly", "0 9-10 * * 1", "0 0,23 * * *", "0 10 * * *", "@weekly"]
CRONS += ["0 0 31 4 *", "0 0 1 1 *"]
DELTAS = ["59s", "60s", "1h", "61m", "1d", "8d"]


@pytest.mark.parametrize(("cron", "delta"), [*product(CRONS, DELTAS)])
def test_dagster_takes_the_deadlines_that_are_accepted(cron: str, delta: str) -> None:
    data = {"cron": {"deadline_cron": cron, "lower_bound_delta": delta}}
    assert (problems(data) == []) == dagster_takes(data)


def test_the_interval_is_that_of_utc_in_any_time_zone() -> None:
    cron = {"deadline_cron": "0 10 * * *", "lower_bound_delta": "24h", "timezone": "Europe/Berlin"}
    assert dagster_takes({"cron": cron})
    assert problems({"cron": cron}) == []


NEITHER = "`freshness_policy` needs `time_window` or `cron`"
BOTH = "`freshness_policy` has both `time_window` and `cron`"


def test_a_policy_is_one_of_the_two() -> None:
    for data in ({}, {"time_window": None}, {"time_window": None, "cron": None}):
        assert [(problem.path, problem.message) for problem in problems(data)] == [
            ((POLICY,), NEITHER)
        ]
    for data in ({"time_window": {}, "cron": {}}, {"time_window": 1, "cron": "x"}):
        assert [(problem.path, problem.message) for problem in problems(data)] == [
            ((POLICY,), BOTH)
        ]


def test_what_is_missing_is_told() -> None:
    assert [
        (problem.path, problem.code, problem.at_key) for problem in problems({"time_window": {}})
    ] == [((*WINDOW, "fail_window"), "missing-key", True)]
    assert [
        (problem.path, problem.message) for problem in problems({"cron": {"timezone": "UTC"}})
    ] == [
        ((*CRON, "deadline_cron"), "`cron` needs `deadline_cron`"),
        ((*CRON, "lower_bound_delta"), "`cron` needs `lower_bound_delta`"),
    ]
    without_fail = {"time_window": {"fail_window": None, "warn_window": "1h"}}
    assert [finding.message for finding in problems(without_fail)] == [
        "`time_window` needs `fail_window`"
    ]


def test_what_is_wrong_is_told_in_the_words_of_its_author() -> None:
    assert told({"time_window": {"fail_window": "1d", "warn_window": "PT24H"}}) == [
        (
            (*WINDOW, "warn_window"),
            "invalid-value",
            "`warn_window` must be shorter than `fail_window`",
            "`fail_window` is `1d`",
        )
    ]
    assert told({"time_window": {"fail_window": "30s", "warn_window": "40s"}}) == [
        (
            (*WINDOW, name),
            "invalid-value",
            f"`{name}` must be at least one minute",
            "Dagster takes nothing shorter",
        )
        for name in ("fail_window", "warn_window")
    ]
    assert told({"cron": {"deadline_cron": "0 10 * * *", "lower_bound_delta": "2d"}}) == [
        (
            (*CRON, "lower_bound_delta"),
            "invalid-value",
            "`lower_bound_delta` must not be longer than the time between two deadlines",
            "between two deadlines of `0 10 * * *` there may be only `1d`",
        )
    ]
    assert told({"cron": {"deadline_cron": "0 0 31 4 *", "lower_bound_delta": "1h"}}) == [
        (
            (*CRON, "deadline_cron"),
            "invalid-value",
            "`0 0 31 4 *` never comes, or too rarely",
            "Dagster needs two deadlines in 20 years",
        )
    ]


def test_a_window_of_nothing_is_refused_though_dagster_takes_it_for_none() -> None:
    data = {"time_window": {"fail_window": "1h", "warn_window": "0s"}}
    assert dagster_takes(data)
    assert [problem.path for problem in problems(data)] == [(*WINDOW, "warn_window")]


@pytest.mark.parametrize(
    "data",
    [
        {"time_window": 1},
        {"time_window": {"fail_window": 3600}},
        {"time_window": {"fail_window": ["1h"], "warn_window": {}}},
        {"time_window": {"fail_window": "1 hour", "warn_window": "2h"}},
        {"time_window": {"fail_window": "1h", "warn": "2h"}},
        {"cron": "0 10 * * *"},
        {"cron": {"deadline_cron": "0 25 * * *", "lower_bound_delta": "900d"}},
        {"cron": {"deadline_cron": 5, "lower_bound_delta": True}},
        {"cron": {"deadline_cron": "@daily", "lower_bound_delta": "1", "timezone": []}},
        {"cron": {"deadline_cron": "@daily", "lower_bound_delta": "1h", "timezone": "Berlin"}},
    ],
)
def test_what_the_model_refuses_is_not_told_again(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FreshnessPolicy.model_validate(data)
    assert problems(data) == []


@pytest.mark.parametrize("data", [None, [], "24h", 1])
def test_what_is_no_mapping_is_left_to_the_model(data: Any) -> None:
    assert problems(data) == []


def test_a_policy_survives_being_written_and_read_again() -> None:
    cron = {"deadline_cron": "0 10 * * *", "lower_bound_delta": "2h", "timezone": "Europe/Berlin"}
    data = {"time_window": {"fail_window": "1d12h", "warn_window": "12h"}, "cron": cron}
    policy = FreshnessPolicy.model_validate(data)
    assert policy.model_dump(mode="json") == data
    assert policy.time_window
    assert policy.time_window.fail_window == timedelta(hours=36)
    assert FreshnessPolicy.model_validate(policy.model_dump(mode="json")) == policy
