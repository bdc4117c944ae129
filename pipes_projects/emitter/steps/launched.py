"""What was set at launch, parameters and partitions, and whether a script can take them."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipes_projects.emitter.steps.pipes_context import Selection
from pipes_projects.manifest.params import Param, misfits
from pipes_projects.spelling import similar


def config_of(context: dg.AssetExecutionContext) -> dict[str, Any]:
    """The config of a step; raises `Failure` if the run has config for an unknown step."""
    run_config: Any = context.run.run_config or {}
    named, own = run_config.get("ops") or {}, context.op_execution_context
    if unknown := named.keys() - {own.op_handle.name}:
        _refuse_unknown(unknown, context.job_def)
    written = (named.get(own.op_handle.name) or {}).get("config") or {}
    return {
        name: _as_written(value, written.get(name)) for name, value in (own.op_config or {}).items()
    }


def refuse_missing_partitions(path: str, context: dg.AssetExecutionContext) -> None:
    """Raises `Failure` for a run over partitions that do not exist, before its script starts."""
    if missing := Selection(context).missing():
        what = "a partition" if len(missing) == 1 else "partitions"
        listed = " and ".join(f"`{key}`" for key in missing)
        told = f"the run is for {what} that its assets do not have: {listed}"
        raise dg.Failure(f"{path}: {told}", allow_retries=False)


def _as_written(value: Any, written: Any) -> Any:
    """Undoes Dagster's conversion to float, which also affects `true`."""
    return written if value == written else value


def values(params: Mapping[str, Param], config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters' values in a run; raises `Failure` for one that is outside its limits."""
    if wrong := misfits(params, config):
        raise dg.Failure("; ".join(wrong), allow_retries=False)
    return {
        name: _as_written(config.get(name, param.default), param.default)
        for name, param in params.items()
    }


def _refuse_unknown(names: set[str], job: dg.JobDefinition) -> None:
    """From the config of a selection, Dagster drops what no selected step takes."""
    known = {node.name for node in job.nodes}
    while job.asset_selection_data:  # there may be config for steps that are not selected
        job = job.asset_selection_data.parent_job_def
        known |= {node.name for node in job.nodes}
    for name in sorted(names - known):
        told = f"the run has config for a step `{name}`, and there is none"
        help_ = similar(name, known, "a step")
        raise dg.Failure(f"{told}: {help_}" if help_ else told, allow_retries=False)
