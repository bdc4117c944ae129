"""The results of a Dagster run → the same records as for a run without Dagster."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from pipes_projects.emitter.loading.recorded_code import CODE, code_in
from pipes_projects.emitter.steps.metadata import from_dagster
from pipes_projects.terminal.results.records import Record


def recorded(
    result: dg.ExecuteInProcessResult, names: Mapping[dg.AssetKey, str], time: str
) -> Iterator[Record]:
    """A record for each asset and partition that was made; one for each asset that was not."""
    made = set[str]()
    whys = dict(_failures(result))
    durations = _seconds(result)
    checks = _checks(result, names)
    for event in result.get_asset_materialization_events():
        found = event.step_materialization_data.materialization
        name = names.get(found.asset_key)
        if name is not None:
            made.add(name)
            tags, metadata = found.tags or {}, {**found.metadata}
            code = code_in(metadata)
            metadata.pop(CODE, None)
            is_told = tags.get("dagster/data_version_is_user_provided") == "true"
            yield Record(
                time,
                result.run_id,
                name,
                found.partition,
                "failed" if event.step_key in whys else "made",
                seconds=durations.get(event.step_key or ""),
                code_version=tags.get("dagster/code_version"),
                data_version=tags.get("dagster/data_version") if is_told else None,
                metadata=_plain(metadata),
                checks=checks.get(name, {}),
                code=code,
                why=whys.get(event.step_key or "", ""),
            )
    yield from _not_made(
        result, [name for name in names.values() if name not in made], names, whys, time
    )


def _not_made(
    result: dg.ExecuteInProcessResult,
    left: Iterable[str],
    names: Mapping[dg.AssetKey, str],
    whys: Mapping[str, str],
    time: str,
) -> Iterator[Record]:
    steps = {names[key]: step for key, step in _steps(result, names)}
    for name in left:
        why = whys.get(steps.get(name, ""))
        if why is None:
            why = "something upstream was not made"
            yield Record(time, result.run_id, name, None, "skipped", False, why=why)
        else:
            yield Record(time, result.run_id, name, None, "failed", False, why=why)


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
