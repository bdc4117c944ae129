"""Steps that another program runs, one at a time, as Dask's and Celery's workers do."""

import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.reconstruct import ReconstructableJob, ReconstructableRepository
from dagster._core.execution.api import create_execution_plan, execute_plan

from tests.support.dagster.running import stored
from tests.support.folder import Folder

DEFINITIONS = """\
import dagster as dg

from pipes_projects import PipesProject


@dg.executor(name="elsewhere", requirements=dg.multiple_process_executor_requirements())
def elsewhere(_):
    return None


defs = PipesProject.make_defs(executor=elsewhere)
"""
NOTED = (
    "from pathlib import Path\nwith Path(__file__ + '.ran').open('a') as file: file.write('x')\n"
)
SOME = """
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for key in pipes.asset_keys:
        pipes.report_asset_materialization(asset_key=key)
    for key, names in pipes.extras["selected_checks"].items():
        for name in names:
            pipes.report_asset_check(name, True, asset_key=key)
"""


class Worker:
    """Runs the steps of one run, as `dagster_dask` does: each has the whole job."""

    def __init__(
        self, folder: Folder, instance: dg.DagsterInstance, selected: Sequence[str] = ()
    ) -> None:
        folder.write("definitions.py", DEFINITIONS)
        self.job = job_of(folder)
        keys = frozenset(dg.AssetKey(key.split("/")) for key in selected)
        self.instance = instance
        self.run = instance.create_run_for_job(
            self.job.get_definition(), asset_selection=keys or None
        )

    def step(self, key: str) -> list[str]:
        """Run a step; the kinds of its events that say what came of it."""
        plan = create_execution_plan(self.job, step_keys_to_execute=[key])
        events = execute_plan(plan, self.job, self.instance, self.run)
        told = ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "STEP_SUCCESS", "STEP_FAILURE")
        return [event.event_type_value for event in events if event.event_type_value in told]

    def error(self) -> str:
        """What the last step that failed says."""
        kind = dg.DagsterEventType.STEP_FAILURE
        event: Any = self.instance.all_logs(self.run.run_id, of_type=kind)[-1].dagster_event
        return str(event.step_failure_data.error.to_string())


def job_of(folder: Folder) -> ReconstructableJob:
    file = str(folder.root / "definitions.py")
    return ReconstructableRepository.for_file(
        file, "defs", str(folder.root)
    ).get_reconstructable_job("__ASSET_JOB")


def ran(folder: Folder, script: str) -> int:
    """How often a script was run."""
    path = folder.root / f"defs/{script}.py.ran"
    return len(path.read_text()) if path.exists() else 0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_script_is_not_started_if_one_that_it_needs_has_failed(
    folder: Folder, home: Path
) -> None:
    folder.asset("raw/bad", "", "raise SystemExit('no luck')\n")
    folder.asset("marts/below", "deps: [raw/bad]\n", NOTED)
    folder.asset("marts/further", "deps: [marts/below]\n", NOTED)
    with stored(home) as instance:
        worker = Worker(folder, instance)
        steps = [worker.step(key) for key in ("raw__bad", "marts__below", "marts__further")]
        assert steps == [["STEP_FAILURE"]] * 3
        assert "not started: it needs `marts__below`, which failed" in worker.error()
    assert ran(folder, "marts/below") == ran(folder, "marts/further") == 0


def test_a_script_that_has_succeeded_is_not_run_again_in_the_same_run(
    folder: Folder, home: Path
) -> None:
    folder.asset("raw/orders", "checks: {good: {}}\n", NOTED + SOME)
    with stored(home) as instance:
        worker = Worker(folder, instance)
        made = ["ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "STEP_SUCCESS"]
        assert worker.step("raw__orders") == made
        assert worker.step("raw__orders") == ["STEP_SUCCESS"]
        assert Worker(folder, instance).step("raw__orders") == made
    assert ran(folder, "raw/orders") == 2


def test_a_script_that_has_failed_is_run_again(folder: Folder, home: Path) -> None:
    folder.asset("raw/orders", "", NOTED + "raise SystemExit('no luck')\n")
    with stored(home) as instance:
        worker = Worker(folder, instance)
        assert [worker.step("raw__orders") for _ in range(2)] == [["STEP_FAILURE"]] * 2
    assert ran(folder, "raw/orders") == 2


def test_only_what_the_run_selects_is_made(folder: Folder, home: Path) -> None:
    manifest = "can_subset: true\nassets: {a: {checks: {one: {}}}, b: {checks: {two: {}}}}\n"
    folder.asset("marts/some", manifest, SOME)
    with stored(home) as instance:
        worker = Worker(folder, instance, ["marts/b"])
        worker.step("marts__some")
        logs = instance.all_logs(worker.run.run_id)
        events: list[Any] = [entry.dagster_event for entry in logs if entry.dagster_event]
    made = [event.asset_key for event in events if event.is_step_materialization]
    assert made == [dg.AssetKey(["marts", "b"])]
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    checks = [event.event_specific_data for event in events if event.event_type == kind]
    assert [check.check_name for check in checks] == ["two"]


def test_a_script_ends_soon_after_its_run_was_cancelled(folder: Folder, home: Path) -> None:
    folder.asset("raw/long", "retry_policy: {max_retries: 2}\n", "import time; time.sleep(300)\n")
    with stored(home) as instance:
        worker = Worker(folder, instance)
        Thread(target=lambda: instance.report_run_canceled(worker.run)).start()
        before = time.monotonic()
        assert worker.step("raw__long") == ["STEP_FAILURE"]
        assert "raw/long.py: cancelled" in worker.error()
        assert time.monotonic() - before < 60


def test_a_script_waits_for_a_place_in_its_pool_and_gives_it_back(
    folder: Folder, home: Path
) -> None:
    folder.asset("raw/pooled", "pool: warehouse\n", NOTED)
    with stored(home) as instance:
        pools = instance.event_log_storage
        pools.set_concurrency_slots("warehouse", 1)
        assert pools.claim_concurrency_slot("warehouse", "other", "step").is_claimed
        worker, steps = Worker(folder, instance), list[str]()
        thread = Thread(target=lambda: steps.extend(worker.step("raw__pooled")))
        thread.start()
        while not pools.get_concurrency_info("warehouse").pending_steps:
            time.sleep(0.05)
        assert ran(folder, "raw/pooled") == 0
        pools.free_concurrency_slot_for_step("other", "step")
        thread.join(60)
        assert steps == ["ASSET_MATERIALIZATION", "STEP_SUCCESS"]
        assert pools.claim_concurrency_slot("warehouse", "other", "step").is_claimed


def test_a_script_whose_run_is_cancelled_no_longer_waits_for_its_pool(
    folder: Folder, home: Path
) -> None:
    folder.asset("raw/pooled", "pool: warehouse\n", NOTED)
    with stored(home) as instance:
        instance.event_log_storage.set_concurrency_slots("warehouse", 1)
        instance.event_log_storage.claim_concurrency_slot("warehouse", "other", "step")
        worker = Worker(folder, instance)
        instance.report_run_canceled(worker.run)
        assert worker.step("raw__pooled") == ["STEP_FAILURE"]
        assert "not started: the run has ended" in worker.error()
    assert ran(folder, "raw/pooled") == 0
