"""Steps that run elsewhere: in a worker of Celery or Dask, in a container, on another machine.

There, nobody ends a step whose run is cancelled. Dagster's executor for Dask also ignores
pools, and starts steps whatever came of those that they need.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, Final

import dagster as dg
from dagster import DagsterRunStatus
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.stats import StepEventStatus

from pipes_projects.emitter.steps.executors.run_process import run_process_is_gone

_HERE: Final = frozenset(
    {
        "in_process",
        "execute_in_process_executor",
        "multiprocess",
        "multi_or_in_process_executor",
    }
)
"""Dagster's own executors, which end their steps when a run is cancelled."""
_OFTEN: Final = 3.0
"""Seconds between two questions about a run: each is a query to Dagster's storage."""
_PAUSE: Final = 1.0
"""Seconds before a pool is asked again."""


@contextmanager
def end_of_run(context: dg.AssetExecutionContext) -> Iterator[Event | None]:
    """Set when the step has to end, because its run was ended without it."""
    if not is_elsewhere(context):
        yield run_process_is_gone()
        return
    is_over, is_done = Event(), Event()

    def watch() -> None:
        while not is_done.wait(_OFTEN):
            if _is_over(context.instance, context.run_id):
                is_over.set()
                return

    Thread(target=watch, name="run-status", daemon=True).start()
    try:
        yield is_over
    finally:
        is_done.set()


@contextmanager
def in_turn(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Wait until it is the step's turn, and hold its place in its pool while this lasts.

    Raises:
        Failure: A step that it needs has failed in this run, or the run has ended meanwhile.
    """
    if not is_elsewhere(context):
        yield
        return
    step = step_of(context)
    _refuse_after_failures(context, sorted(step.get_execution_dependency_keys()))
    with InstanceConcurrencyContext(context.instance, context.run) as places:
        # Where the executor has claimed a place for the step, this is the same one.
        while step.pool and not places.claim(step.pool, step.key):
            _wait(context)
        try:
            yield
        finally:
            places.free_step(step.key)


def _wait(context: dg.AssetExecutionContext) -> None:
    if _is_over(context.instance, context.run_id):
        raise dg.Failure("not started: the run has ended", allow_retries=False)
    time.sleep(_PAUSE)


def _refuse_after_failures(context: dg.AssetExecutionContext, needed: Sequence[str]) -> None:
    stats = context.instance.get_run_step_stats(context.run_id, needed) if needed else ()
    failed = [step.step_key for step in stats if step.status == StepEventStatus.FAILURE]
    if failed:
        names = ", ".join(f"`{key}`" for key in failed)
        raise dg.Failure(f"not started: it needs {names}, which failed", allow_retries=False)


def step_of(context: dg.AssetExecutionContext) -> Any:
    """The step, as Dagster planned it."""
    return context.op_execution_context.get_step_execution_context().step


def is_elsewhere(context: dg.AssetExecutionContext) -> bool:
    """Whether another executor than Dagster's own has started the step."""
    return context.job_def.executor_def.name not in _HERE


def _is_over(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a run has ended, or is being cancelled; not if its storage cannot be asked now."""
    with suppress(Exception):
        run = instance.get_run_by_id(run_id)
        return run is None or run.is_finished or run.status == DagsterRunStatus.CANCELING
    return False
