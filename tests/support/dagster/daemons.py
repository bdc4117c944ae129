"""Dagster's daemons, in this process: what they make of a project's backfills, rules, schedules."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from logging import getLogger
from pathlib import Path
from typing import Any

import dagster as dg
import dagster._daemon.daemon  # before the scheduler, which imports it in a ring
from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.loader import LoadingContextForTest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.asset_daemon import AssetDaemon
from dagster._daemon.backfill import execute_backfill_iteration
from dagster._scheduler.scheduler import launch_scheduled_runs

_DEFINITIONS = """
import dagster as dg
from {module} import {name}

defs = dg.Definitions.merge({name}.make_defs(), dg.Definitions(executor=dg.in_process_executor))
"""
_log = getLogger(__name__)


class Daemons:
    """The daemons of an instance that knows one code location. Times are frozen."""

    def __init__(self, workspace: WorkspaceProcessContext) -> None:
        self.workspace, self.instance = workspace, workspace.instance
        self.rules = AssetDaemon({}, pre_sensor_interval_seconds=0)
        self.iterations: dict[str, Any] = {}

    def backfill(self, partitions: Sequence[str]) -> list[dg.DagsterRun]:
        """The runs of a backfill of all assets."""
        graph = self.workspace.create_request_context().asset_graph
        asked = PartitionBackfill.from_asset_partitions(
            backfill_id="backfill",
            asset_graph=graph,
            partition_names=partitions,
            asset_selection=sorted(graph.executable_asset_keys),
            backfill_timestamp=datetime.now(UTC).timestamp(),
            tags={},
            dynamic_partitions_store=self.instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
        self.instance.add_backfill(asked)
        errors = list(execute_backfill_iteration(self.workspace, _log))
        assert not any(errors), errors
        return self._launched()

    def automation(self, time: datetime) -> list[dg.DagsterRun]:
        """The runs that rules request at a time: at least half a minute after the last."""
        with freeze_time(time):
            self.rules._run_iteration_impl(self.workspace, None, {}, {})
        return self._launched()

    def schedules(self, since: datetime, time: datetime) -> list[dg.DagsterRun]:
        """The runs that schedules request between two times."""
        for now in (since, time):
            with freeze_time(now):
                errors = list(launch_scheduled_runs(self.workspace, _log, now, self.iterations))
            assert not any(errors), errors
        return self._launched()

    def _launched(self) -> list[dg.DagsterRun]:
        """What is queued is run, and succeeds."""
        queued = self.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
        for run in reversed(queued):  # the oldest first
            self.instance.launch_run(run.run_id, self.workspace.create_request_context())
        runs = [self.instance.get_run_by_id(run.run_id) for run in reversed(queued)]
        assert all(run and run.is_success for run in runs)
        return [run for run in runs if run]


@contextmanager
def daemons(root: Path, project: type[Any], instance: dg.DagsterInstance) -> Iterator[Daemons]:
    """The daemons, for what a class of a test's module makes of a folder."""
    definitions = root / "definitions.py"
    text = _DEFINITIONS.format(module=project.__module__, name=project.__name__)
    definitions.write_text(text, "utf-8")
    target = LoadableTargetOrigin(executable_path=sys.executable, python_file=str(definitions))
    origin = InProcessCodeLocationOrigin(target, location_name=str(root))
    with WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget(origin)) as workspace:
        yield Daemons(workspace)


def freshness(defs: dg.Definitions, instance: dg.DagsterInstance, key: str, time: datetime) -> str:
    """What Dagster finds of an asset by its freshness policy, at a time."""
    node = defs.resolve_asset_graph().get(dg.AssetKey(key.split("/")))
    assert node.freshness_policy
    evaluator = FRESHNESS_EVALUATORS_BY_POLICY_TYPE[type(node.freshness_policy)]()
    with freeze_time(time):
        found = evaluator.evaluate_freshness(LoadingContextForTest(instance), node)
        return asyncio.run(found).value
