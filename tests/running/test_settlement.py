"""What counts as made, whoever runs the script."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from pipes_projects.running.ending import Ending
from pipes_projects.running.results.messages import Message
from pipes_projects.running.results.outcome import Said, Verdict, outcome
from pipes_projects.running.results.reports import reported
from pipes_projects.running.results.settlement import (
    UNREPORTED,
    CheckName,
    CheckResult,
    Expected,
    Materialization,
    Report,
    Settlement,
)
from pipes_projects.running.session import Ended

made, checked = Materialization, CheckResult
OK, FAILED = Ending(code=0), Ending(code=1)


def expecting(*assets: str, **more: Any) -> Expected:
    selected = dict.fromkeys(assets, frozenset[str]())
    checks = tuple(CheckName(*check.split(":")) for check in more.pop("checks", ()))
    return Expected(assets, selected, checks, checks, **more)


def settled(
    expected: Expected, reports: Iterable[Report], ending: Ending = OK, pipes: bool = True
) -> tuple[list[Report], list[str]]:
    settlement = Settlement(expected)
    settlement.has_opened = settlement.has_closed = pipes
    counted = [event for report in reports for event in settlement.settle(report)]
    counted += settlement.finish(ending)
    return counted, settlement.problems


def test_a_script_that_does_not_use_pipes_has_made_all() -> None:
    counted, problems = settled(expecting("g/a", "g/b"), [], pipes=False)
    assert [event.asset for event in counted] == ["g/a", "g/b"]
    assert problems == []


def test_a_script_that_does_not_use_pipes_and_fails_is_not_taught_about_it() -> None:
    settlement = Settlement(expecting("g/a"))
    assert list(settlement.finish(Ending(code=1))) == []
    assert settlement.problems == []


def test_silence_is_not_success_once_pipes_is_opened() -> None:
    counted, problems = settled(expecting("g/a", "g/b"), [])
    assert counted == []
    assert problems == [
        "the script did not report `g/a`, `g/b`: a script that opens Pipes calls"
        " `pipes.report_asset_materialization()` for what it made"
    ]


def test_what_is_not_reported_is_named_beside_what_is() -> None:
    counted, problems = settled(expecting("g/a", "g/b"), [made("g/a", {})])
    assert counted == [made("g/a", {})]
    assert problems == ["the script did not report `g/b`"]


def test_one_asset_needs_no_key() -> None:
    assert settled(expecting("g/a"), [made(None, {})]) == (
        [made("g/a", {})],
        [],
    )


def test_a_failed_script_has_made_what_it_reported() -> None:
    expected = expecting("g/a", "g/b", checks=["g/a:rows", "g/b:rows"])
    reports = [made("g/a", {}), checked("g/a", "rows", False)]
    counted, problems = settled(expected, reports, FAILED)
    assert counted == reports
    assert problems == ["the script did not report `g/b`"]


def test_a_check_that_is_not_reported_has_failed() -> None:
    counted, problems = settled(expecting("g/a", checks=["g/a:rows"]), [made("g/a", {})])
    assert counted[1] == checked("g/a", "rows", False, description=UNREPORTED)
    assert problems == []


def test_an_asset_counts_after_those_that_it_is_made_from() -> None:
    expected = expecting("g/a", "g/b", "g/c")._replace(
        selected={"g/a": frozenset(), "g/b": frozenset({"g/a"}), "g/c": frozenset({"g/b"})}
    )
    counted, _ = settled(
        expected,
        [made("g/c", {}), made("g/a", {}), made("g/b", {})],
    )
    assert [event.asset for event in counted] == ["g/a", "g/b", "g/c"]
    counted, problems = settled(expected, [made("g/c", {}), made("g/b", {})])
    assert [
        (event.asset, event.is_held_back) for event in counted if isinstance(event, Materialization)
    ] == [
        ("g/c", True),
        ("g/b", True),
    ]
    assert problems == ["the script did not report `g/a`"]


def test_partitions_count_one_by_one() -> None:
    expected = expecting("g/a", partitions=["1", "2", "3"])
    reports = [made("g/a", {}, partition=name) for name in ("1", "3")]
    counted, problems = settled(expected, reports)
    assert counted == reports
    assert problems == ["the script did not report these partitions of `g/a`: `2`"]
    reports = [made("g/a", {}, partition=name) for name in ("1", "3", "2")]
    assert settled(expected, reports) == ([*reports[:2], reports[2]._replace(is_last=True)], [])


@pytest.mark.parametrize(
    ("report", "problem"),
    [
        (
            made("g/orderz", {}),
            "which its manifest does not declare: an asset with a similar name",
        ),
        (made("zzz", {}), "it declares `g/items`, `g/orders`"),
        (made(None, {}), "an asset without its key: `g/items`, `g/orders`"),
        (checked("g/orders", "row", True), "a check with a similar name exists: `rows`"),
        (checked("g/items", "rows", True), "other assets have checks of this name"),
        (
            made("g/orders", {}, partition="x"),
            "partition `x` of `g/orders`, which this run does",
        ),
    ],
)
def test_what_nobody_expects_is_a_problem_with_the_nearest_name(
    report: Report, problem: str
) -> None:
    expected = expecting("g/orders", "g/items", checks=["g/orders:rows"])
    _, problems = settled(expected, [report])
    assert problem in problems[0]


def test_a_check_may_be_reported_without_what_is_clear() -> None:
    expected = expecting("g/a", checks=["g/a:rows"])
    counted, problems = settled(expected, [made("g/a", {}), checked(None, None, True)])
    assert counted[1:] == [checked("g/a", "rows", True)]
    assert problems == []


def test_a_check_counts_once() -> None:
    expected = expecting("g/a", checks=["g/a:rows"])
    reports = [
        made("g/a", {}),
        checked("g/a", "rows", True),
        checked("g/a", "rows", False),
    ]
    assert settled(expected, reports)[1] == ["the script reported check `rows` of `g/a` twice"]


def test_partitions_wait_with_the_last_for_those_that_they_are_made_from() -> None:
    expected = expecting("g/a", "g/b", partitions=["1", "2"])._replace(
        selected={"g/a": frozenset(), "g/b": frozenset({"g/a"})}
    )
    reports = [made(asset, {}, partition=name) for asset in ("g/b", "g/a") for name in "12"]
    counted, problems = settled(expected, reports)
    assert problems == []
    assert [
        (event.asset, event.partition, event.is_last)
        for event in counted
        if isinstance(event, Materialization)
    ] == [("g/b", "1", False), ("g/a", "1", False), ("g/a", "2", True), ("g/b", "2", True)]


def test_an_asset_counts_after_the_partitions_of_what_it_is_made_from() -> None:
    expected = expecting("g/a", "g/b", partitions=["1", "2"])._replace(
        selected={"g/a": frozenset(), "g/b": frozenset({"g/a"})}
    )
    reports = [made("g/b", {}), *(made("g/a", {}, partition=name) for name in "12")]
    assert settled(expected, reports)[0][-1] == made("g/b", {})


def test_what_is_said_a_second_time_about_an_asset_is_not_dropped_in_silence() -> None:
    twice = ["the script reported `g/a` twice: what it said the second time is lost"]
    first, second = made("g/a", {"rows": 1}), made("g/a", {"rows": 2})
    assert settled(expecting("g/a"), [first, second]) == ([first], twice)
    for repeated in (made("g/a", {}), first):
        assert settled(expecting("g/a"), [first, repeated]) == ([first], [])
    parts = [made("g/a", {}, partition=name) for name in "12"]
    assert settled(expecting("g/a", partitions=["1", "2"]), [second, *parts])[1] == []


def test_the_whole_after_all_of_its_partitions_is_a_warning() -> None:
    of = {"asset_key": "g/a", "metadata": {}}
    parts = [{"payload": {"partition": name, **of}} for name in "12"]
    whole = Message("report_asset_materialization", {**of, "metadata": {"rows": 3}})
    events = [*(Message("report_custom_message", part) for part in parts), whole, Ended(OK, "")]
    *_, said, verdict = outcome(events, Settlement(expecting("g/a", partitions=["1", "2"])))
    assert isinstance(said, Said)
    assert said == Said(
        "WARNING",
        "what is reported of `g/a` after all its partitions is not recorded: report it first",
    )
    assert isinstance(verdict, Verdict)
    assert verdict.is_success


def test_the_last_report_of_a_partition_counts_also_where_it_has_to_wait() -> None:
    expected = Expected(
        ("g/a", "g/b"), {"g/a": frozenset(), "g/b": frozenset({"g/a"})}, partitions=["1", "2"]
    )
    tries = [made("g/b", {"try": number}, partition="2") for number in (1, 2)]
    reports = [made("g/b", {}, partition="1"), *tries, made("g/a", {})]
    counted, problems = settled(expected, reports)
    assert problems == []
    of_two = [event.metadata for event in counted if getattr(event, "partition", None) == "2"]
    assert of_two == [{"try": 1}, {"try": 2}]


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("report_asset_materialization", {"asset_key": 5}, "the script reported `asset_key: 5`"),
        ("report_asset_check", {}, "a check is reported with `passed: None`"),
        (
            "report_custom_message",
            {"payload": {"partition": None}},
            "the script reported `partition: None`, which is not text",
        ),
    ],
)
def test_what_is_no_report_is_told_in_a_sentence(method: str, params: Any, problem: str) -> None:
    (found,) = reported(Message(method, params)).problems
    assert found.startswith(problem)


def test_what_is_in_quarantine_does_not_count() -> None:
    expected = expecting("g/a", apart=["g/b"])
    reports = [
        made("g/b", {}),
        made("g/a", {}),
        checked("g/b", "rows", False),
    ]
    assert settled(expected, reports) == ([made("g/a", {})], [])


def test_pipes_that_is_opened_and_not_closed_is_a_problem() -> None:
    settlement = Settlement(expecting("g/a"))
    settlement.has_opened = True
    assert list(settlement.settle(made("g/a", {})))
    assert list(settlement.finish(OK)) == []
    (problem,) = settlement.problems
    assert "did not close it" in problem


def test_pipes_that_a_second_program_opens_and_does_not_close_is_a_problem() -> None:
    opened, closed = Message("opened", {}), Message("closed", None)
    report = Message("report_asset_materialization", {"asset_key": "g/a"})
    one, two = [opened, report, closed], [opened, closed]
    *_, verdict = outcome([*one, *two, Ended(OK, "")], Settlement(expecting("g/a")))
    assert isinstance(verdict, Verdict)
    assert verdict.problems == ()
    *_, verdict = outcome([*one, opened, Ended(OK, "")], Settlement(expecting("g/a")))
    assert isinstance(verdict, Verdict)
    (problem,) = verdict.problems
    assert "did not close it" in problem


def test_a_line_that_is_no_message_may_have_closed_pipes() -> None:
    settlement = Settlement(expecting("g/a"))
    settlement.has_opened = True
    assert list(settlement.settle(made("g/a", {})))
    settlement.malformed("line 3 of its Pipes messages is not JSON: {")
    assert list(settlement.finish(OK)) == []
    assert settlement.problems == ["line 3 of its Pipes messages is not JSON: {"]


def test_the_names_that_dagster_uses_are_known() -> None:
    expected = expecting("g/a", names={"warehouse/a": "g/a"})
    assert settled(expected, [made("warehouse/a", {})]) == (
        [made("g/a", {})],
        [],
    )


INVALID = "Invalid asset key. Expected one of `['g/a', 'g/b']`, got `{}`."
ALONE = (
    "Calling `report_asset_check` without passing an asset key is undefined. Current step targets"
    " multiple assets."
)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (INVALID.format("g/aa"), "`g/aa`, which its manifest does not declare: an asset with a"
         " similar name exists: `g/a`"),
        (INVALID.format("old/b"), "`old/b`, which its manifest does not declare: an asset with a"
         " similar name exists: `g/b`"),
        (INVALID.format("some/thing"), "`some/thing`, which its manifest does not declare: it"
         " declares `g/a`, `g/b`, `g/c`"),
        (INVALID.format("g/c"), "`g/c`, which was not selected in this run"),
        (ALONE, "an asset without its key: `g/a`, `g/b`"),
    ],
)  # fmt: skip
def test_what_the_client_refuses_is_told_like_any_other_report(error: str, told: str) -> None:
    expected = Expected(("g/a", "g/b", "g/c"), dict.fromkeys(("g/a", "g/b"), frozenset()))
    stderr = f"Traceback (most recent call last):\ndagster_pipes.DagsterPipesError: {error}\n"
    *_, verdict = outcome([Message("opened", {}), Ended(FAILED, stderr)], Settlement(expected))
    assert isinstance(verdict, Verdict)
    assert verdict.problems[0] == f"the script reported {told}"
    assert verdict.problems[1] == "the script did not report `g/a`, `g/b`"


@pytest.mark.parametrize(("ending", "after"), [(FAILED, "KeyError: 'more'\n"), (OK, "")])
def test_a_refused_report_that_the_script_got_over_is_its_own_business(
    ending: Ending, after: str
) -> None:
    stderr = f"dagster_pipes.DagsterPipesError: {INVALID.format('g/x')}\n{after}"
    events = [Message("opened", {}), Ended(ending, stderr)]
    *_, verdict = outcome(events, Settlement(expecting("g/a")))
    assert isinstance(verdict, Verdict)
    assert not any("g/x" in problem for problem in verdict.problems)


def interrupted(key: str) -> Iterator[Message]:
    yield Message("opened", {})
    yield Message("report_asset_materialization", {"asset_key": key})
    raise KeyboardInterrupt


def test_what_waited_for_another_asset_is_kept_if_the_run_is_interrupted() -> None:
    expected = Expected(("g/a", "g/b"), {"g/a": frozenset(), "g/b": frozenset({"g/a"})})
    settlement = Settlement(expected)
    happenings = outcome(interrupted("g/b"), settlement)
    assert next(happenings) == made("g/b", {}, is_held_back=True)
    with pytest.raises(KeyboardInterrupt):
        next(happenings)
    assert settlement.problems == ["the script did not report `g/a`"]
