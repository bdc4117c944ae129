"""The last run of an asset, as Dagster's instance knows it."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from datetime import UTC, datetime

import dagster as dg

from pipes_projects.analysis.code_version.changes import LastRun, Why, why
from pipes_projects.emitter.inspection.explanation import emitted_of
from pipes_projects.emitter.loading.recorded_code import code_in, code_of
from pipes_projects.layout import Layout, LayoutError


class NoInstanceError(LayoutError):
    """There is no Dagster instance to ask."""


def why_in_dagster(layout: Layout, key: str) -> Why:
    """Why an asset is stale; raises `NoInstanceError`, `NotMadeError`, or what `schema` raises."""
    if not os.environ.get("DAGSTER_HOME"):
        raise NoInstanceError("`--dagster` asks the instance that DAGSTER_HOME names: set it")
    with emitted_of(layout, key) as emitted:
        now = code_of(emitted.view.script, emitted.spec.code_version)
        dagster_key = emitted.spec.key
    return why(key, _last(dagster_key), now)


def _last(key: dg.AssetKey) -> LastRun | None:
    """What the instance knows about the last run that made an asset."""
    try:
        with dg.DagsterInstance.get() as instance:
            event = instance.get_latest_materialization_event(key)
    except Exception as error:  # its storage may be a database
        raise NoInstanceError(f"Dagster's instance cannot be asked: {error}") from error
    made = event.asset_materialization if event else None
    if event is None or made is None:
        return None
    time = datetime.fromtimestamp(event.timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return LastRun(time, event.run_id, made.partition, code_in(made.metadata))
