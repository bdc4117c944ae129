"""The results of a Dagster run → the same records as for a run without Dagster."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import dagster as dg

from pipes_projects.emitter.loading.recorded_code import CODE, code_in
from pipes_projects.emitter.steps.events.metadata import from_dagster
from pipes_projects.emitter.steps.events.recording import RECORDED_ALREADY
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.steps import Outcome

NOT_MADE: Final = "something upstream was not made"


def recorded(
    result: dg.ExecuteInProcessResult,
    names: Mapping[dg.AssetKey, str],
    partitions: Mapping[str, Sequence[str | None]],
    time: str,
) -> Iterator[Record]:
    """A record for each asset and each of its partitions, made or not."""
    made = dict[tuple[str, str | None], Record]()
    whys, stands = dict(_failures(result)), _standing(result, names, partitions)
    durations = _seconds(result)
    checks = _checks(result, names)
    for event in result.get_asset_materialization_events():
        found = event.step_materialization_data.materialization
        name = names.get(found.asset_key)
        if name is not None:
            tags, metadata = found.tags or {}, {**found.metadata}
            code = code_in(metadata)
            metadata.pop(CODE, None)
            is_told = tags.get("dagster/data_version_is_user_provided") == "true"
            made[name, found.partition] = Record(  # the last one counts
                time,
                result.run_id,
                name,
                found.partition,
                "failed" if event.step_key in whys and name not in stands else "made",
                seconds=durations.get(event.step_key or ""),
                code_version=tags.get("dagster/code_version"),
                data_version=tags.get("dagster/data_version") if is_told else None,
                metadata=_plain(metadata),
                checks=checks.get(name, {}),
                code=code,
                why=whys.get(event.step_key or "", ""),
            )
    yield from made.values()
    asked = [(name, partition) for name in names.values() for partition in partitions[name]]
    yield from _not_made(result, [pair for pair in asked if pair not in made], names, whys, time)


def _standing(
    result: dg.ExecuteInProcessResult,
    names: Mapping[dg.AssetKey, str],
    partitions: Mapping[str, Sequence[str | None]],
) -> set[str]:
    """The assets whose partitions were reported one by one: those need not be made again, however
    the step ended, unless a check blocks them."""
    outputs, blocked = _outputs_of_partitions(result), set(_blocked(result))
    events = (
        event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
    )
    found = Counter(key for key, _ in {(event.asset_key, event.partition) for event in events})
    layer, standing = result.job_def.asset_layer, set[str]()
    for key, name in names.items():
        handle = layer.get_op_output_handle(key)
        step = handle.node_handle.name
        is_apart = found[key] < len(partitions[name]) or (step, handle.output_name) in outputs
        if is_apart and step not in blocked:
            standing.add(name)
    return standing


def _outputs_of_partitions(result: dg.ExecuteInProcessResult) -> set[tuple[str | None, str]]:
    """Those that the last report of a partition has completed."""
    return {
        (event.step_key, event.step_output_data.output_name)
        for event in result.all_events
        if event.is_successful_output and RECORDED_ALREADY.keys() <= _output_metadata(event).keys()
    }


def _output_metadata(event: dg.DagsterEvent) -> Mapping[str, Any]:
    return event.step_output_data.metadata or {}


def _blocked(result: dg.ExecuteInProcessResult) -> Iterator[str | None]:
    """The steps that a check has failed."""
    for event in result.all_events:
        check = event.event_specific_data
        if isinstance(check, dg.AssetCheckEvaluation) and _blocks(check):
            yield event.step_key


def _blocks(check: dg.AssetCheckEvaluation) -> bool:
    is_error = check.severity == dg.AssetCheckSeverity.ERROR
    return bool(check.blocking) and not check.passed and is_error


def _not_made(
    result: dg.ExecuteInProcessResult,
    left: Iterable[tuple[str, str | None]],
    names: Mapping[dg.AssetKey, str],
    whys: Mapping[str, str],
    time: str,
) -> Iterator[Record]:
    steps = {names[key]: step for key, step in _steps(result, names)}
    for name, partition in left:
        why = whys.get(steps.get(name, ""))
        outcome: Outcome = "skipped" if why is None else "failed"
        told = NOT_MADE if why is None else why
        yield Record(time, result.run_id, name, partition, outcome, False, why=told)


def _steps(
    result: dg.ExecuteInProcessResult, names: Mapping[dg.AssetKey, str]
) -> Iterator[tuple[dg.AssetKey, str]]:
    """The step of each asset: our steps are the top-level ops of a job."""
    layer = result.job_def.asset_layer
    for key in names:
        yield key, layer.get_op_output_handle(key).node_handle.name


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[tuple[str, str]]:
    for event in result.all_events:
        if event.is_step_failure and event.step_key:
            failure = event.step_failure_data
            given = failure.user_failure_data
            error = failure.error.message.strip() if failure.error else ""
            yield event.step_key, (given.description if given else None) or error


def _seconds(result: dg.ExecuteInProcessResult) -> dict[str, float]:
    return {
        event.step_key: round(event.step_success_data.duration_ms / 1000, 3)
        for event in result.all_events
        if event.is_step_success and event.step_key
    }


def _checks(
    result: dg.ExecuteInProcessResult, names: Mapping[dg.AssetKey, str]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for check in result.get_asset_check_evaluations():
        told = {
            "passed": check.passed,
            "severity": check.severity.value,
            "blocking": bool(check.blocking),
            "metadata": _plain(check.metadata),
            **({"description": check.description} if check.description else {}),
        }
        found.setdefault(names.get(check.asset_key, ""), {})[check.check_name] = told
    return found


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    reported = from_dagster(metadata).items()
    return {name: {"type": value.type, "value": value.value} for name, value in reported}
