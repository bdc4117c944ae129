"""What `invoke()` returns → events, and the failure of a step whose reports do not add up."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from pipes_projects.emitter.steps.events.recording import Recorder, Result
from pipes_projects.running.ending import Ending
from pipes_projects.running.results.messages import Message
from pipes_projects.running.results.reports import reported
from pipes_projects.running.results.settlement import (
    CheckResult,
    Expected,
    Materialization,
    Report,
    Settlement,
)

_MAY_RETURN = "it may return nothing, results, or an iterator of results"


def settled(
    outcome: Any,
    keys: Mapping[str, dg.AssetKey],
    expected: Expected,
    context: dg.AssetExecutionContext,
) -> Iterator[Result]:
    """Every result that counts; then, if they do not add up, a failure."""
    settlement, recorder = Settlement(expected), Recorder(keys, expected, context)
    for result in _results(outcome):
        if isinstance(result, dg.AssetMaterialization | dg.Output):
            _note(result, settlement, keys, context)
            yield result
            continue
        for report in reports_of(result, settlement):
            yield from _recorded(settlement.settle(report), recorder)
    if _has_opened(outcome):
        settlement.has_opened = settlement.has_closed = True
    metadata = getattr(outcome, "metadata", None) or {}
    for report in settlement.finish(Ending(code=0)):
        is_ours = isinstance(report, Materialization) and not report.metadata
        told = report._replace(metadata=metadata) if is_ours and metadata else report
        yield from recorder.record(told)
    for note in settlement.notes:
        context.log.warning(note)
    if settlement.problems:
        raise dg.Failure("; ".join(settlement.problems))


def _recorded(reports: Iterable[Report], recorder: Recorder) -> Iterator[Result]:
    for report in reports:
        yield from recorder.record(report)


def _note(
    result: dg.AssetMaterialization | dg.Output[Any],
    settlement: Settlement,
    keys: Mapping[str, dg.AssetKey],
    context: dg.AssetExecutionContext,
) -> None:
    """What the run of a script has settled already, and an owner's `invoke()` passes on."""
    outputs = context.assets_def.keys_by_output_name
    key = result.asset_key if isinstance(result, dg.AssetMaterialization) else None
    key = outputs.get(result.output_name) if isinstance(result, dg.Output) else key
    names = [name for name, known in keys.items() if known == key]
    if isinstance(result, dg.Output) or result.partition is None:
        settlement.made.update(names)
        settlement.passed_on.update(names)


def _has_opened(outcome: Any) -> bool:
    """Whether the script of a Pipes client has opened Pipes; its session is not public."""
    handler = getattr(getattr(outcome, "_session", None), "message_handler", None)
    return bool(getattr(handler, "received_opened_message", False))


def reports_of(result: Any, settlement: Settlement) -> Iterator[Report]:
    """Materializations, with checks separately."""
    if isinstance(result, dg.MaterializeResult):
        version = result.data_version.value if result.data_version else None
        yield Materialization(
            _name(result.asset_key), result.metadata or {}, version, original=result
        )
        for check in result.check_results or ():
            yield _checked(check, result.asset_key)
    elif isinstance(result, dg.AssetCheckResult):
        yield _checked(result, None)
    elif isinstance(result, Message):
        report, problems = reported(result)
        settlement.problems += problems
        yield from (report,) if report else ()
    else:
        kind = type(result).__name__
        may = "`MaterializeResult`s and `AssetCheckResult`s"
        raise dg.Failure(f"`invoke()` gave a `{kind}`: it may give {may}")


def _checked(check: dg.AssetCheckResult, about: dg.AssetKey | None) -> CheckResult:
    key = check.asset_key or about
    return CheckResult(_name(key), check.check_name, bool(check.passed), original=check)


def _name(key: dg.AssetKey | None) -> str | None:
    return key.to_escaped_user_string() if key else None


def _results(outcome: Any) -> Iterable[Any]:
    if outcome is None:
        return ()
    if isinstance(outcome, dg.PipesClientCompletedInvocation):
        return (*_partitions_of(outcome), *outcome.get_results(implicit_materializations=False))
    if isinstance(outcome, dg.MaterializeResult | dg.AssetCheckResult):
        return (outcome,)
    if isinstance(outcome, Iterable) and not isinstance(outcome, str | bytes | dict):
        return outcome
    raise dg.Failure(f"`invoke()` returned a `{type(outcome).__name__}`: {_MAY_RETURN}")


def _partitions_of(outcome: dg.PipesClientCompletedInvocation) -> Iterator[Message]:
    """What the script of a Pipes client reported about single partitions."""
    for payload in outcome.get_custom_messages():
        yield Message("report_custom_message", {"payload": payload})
