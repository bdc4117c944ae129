"""What a launch says: the values of parameters, and whether a script can have them."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipes_projects.manifest.params import Param, fault, shown
from pipes_projects.spelling import similar


def config_of(context: dg.AssetExecutionContext) -> dict[str, Any]:
    """The config of a step; raises `Failure` if the run has config for a step that there is not."""
    run_config: Any = context.run.run_config or {}
    named, own = run_config.get("ops") or {}, context.op_execution_context
    if unknown := named.keys() - {own.op_handle.name}:
        _refuse_unknown(unknown, context)
    written = (named.get(own.op_handle.name) or {}).get("config") or {}
    return {name: _as_written(it, written.get(name)) for name, it in (own.op_config or {}).items()}


def _as_written(value: Any, written: Any) -> Any:
    """Of a number, Dagster makes one with a point: also of `true`."""
    return written if value == written else value


def values(params: Mapping[str, Param], config: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters' values in a run; raises `Failure` for one that is out of its limits."""
    wrong = [
        f"param `{name}` cannot be `{shown(config[name])}`: {why}"
        for name, param in params.items()
        if name in config and (why := fault(param, config[name]))
    ]
    if wrong:
        raise dg.Failure("; ".join(wrong), allow_retries=False)
    return {
        name: _as_written(config.get(name, param.default), param.default)
        for name, param in params.items()
    }


def _refuse_unknown(names: set[str], context: dg.AssetExecutionContext) -> None:
    """Dagster looks for config by name, and at no other."""
    known = {node.name for node in context.job_def.nodes}
    if names <= known:
        return
    known |= _steps_of_location(context)
    for name in sorted(names - known):
        told = f"the run has config for a step `{name}`, and there is none"
        help_ = similar(name, known, "a step")
        raise dg.Failure(f"{told}: {help_}" if help_ else told, allow_retries=False)


def _steps_of_location(context: dg.AssetExecutionContext) -> set[str]:
    """Also those that are not selected, for which there may be config."""
    repository = context.repository_def
    return {node.name for node in repository.get_implicit_global_asset_job_def().nodes}
