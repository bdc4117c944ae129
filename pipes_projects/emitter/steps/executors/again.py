"""Steps that are run again although they have succeeded: by Dask, if it loses what they returned.

Dask keeps that in the memory of the worker, for as long as a step that needs it is still to come.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from typing import Any

import dagster as dg

from pipes_projects.emitter.steps.events.recording import RECORDED_ALREADY
from pipes_projects.emitter.steps.executors.elsewhere import is_elsewhere, step_of
from pipes_projects.emitter.steps.executors.selected import selected_assets


def outputs_made_before(context: dg.AssetExecutionContext) -> list[dg.Output[Any]]:
    """What a step yields instead of running its script; empty if it has not succeeded before."""
    if not is_elsewhere(context) or not _has_succeeded(context):
        return []
    made, definition = selected_assets(context), context.assets_def
    names = [name for name, key in definition.keys_by_output_name.items() if key in made]
    names += () if definition.can_subset else definition.check_specs_by_output_name
    return [dg.Output(None, name, metadata=RECORDED_ALREADY) for name in names]


def _has_succeeded(context: dg.AssetExecutionContext) -> bool:
    """Whether it has in this run; most steps have not been started before."""
    run, step = context.run_id, step_of(context).key
    stats = context.instance.get_run_step_stats(run, [step])
    if not any(of_step.attempts_list for of_step in stats):
        return False
    successes = context.instance.all_logs(run, of_type=dg.DagsterEventType.STEP_SUCCESS)
    return any(event.step_key == step for event in successes)
