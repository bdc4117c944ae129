"""Fifty scripts through each executor that docs/scale.md shows, and what goes wrong there."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.slow.fifty import KEYS, STUCK, TOTAL
from tests.slow.servers import end
from tests.slow.site import EXECUTORS, Site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=EXECUTORS)
def executor(request: pytest.FixtureRequest, dagster: Site) -> Iterator[str]:
    """Each in turn, with its workers."""
    name: str = request.param
    workers = dagster.start_workers(name)
    yield name
    for worker in workers:
        end(worker)


def data(dagster: Site, executor: str) -> Path:
    return dagster.folders[executor].root / "data"


def leftovers(dagster: Site, executor: str) -> list[str]:
    """What scripts, and those who ran them, have not removed."""
    scratch = Path(dagster.servers.env["TMPDIR"])
    halves = [path.name for path in data(dagster, executor).glob(".*")]
    return halves + [path.name for path in scratch.glob("pipes-*")]


def kill_worker(dagster: Site, executor: str) -> None:
    """The process that runs the step that is stuck; with Celery, the whole worker, for which
    another one starts."""
    host = dagster.host(executor, "stuck")
    if executor == "celery":
        host = host.parent() or host
        dagster.start_workers(executor, "c")
    host.kill()


def test_fifty_scripts_are_run_though_a_worker_is_killed(dagster: Site, executor: str) -> None:
    run = dagster.launch(executor, *sorted(KEYS))
    kill_worker(dagster, executor)
    runs = dagster.ended(run, 600)
    assert runs[0].status == dg.DagsterRunStatus.SUCCESS, dagster.errors(runs[0].run_id)
    assert len(runs) == (2 if executor == "multiprocess" else 1)
    assert dagster.made(*(run.run_id for run in runs)) == sorted(KEYS)
    assert json.loads((data(dagster, executor) / "total.json").read_text()) == TOTAL
    notes = {path.stem: path.read_text() for path in data(dagster, executor).glob("p*.notes")}
    assert {name for name, text in notes.items() if text != "started\n"} == {STUCK[6:]}
    assert notes[STUCK[6:]] == "started\n" * 2
    assert dagster.left(executor) == []
    assert leftovers(dagster, executor) == []


def test_a_run_that_is_cancelled_ends_its_scripts(dagster: Site, executor: str) -> None:
    run = dagster.launch(executor, "odd/long")
    dagster.host(executor, "long")
    dagster.server.cancel(run)
    (ended,) = dagster.ended(run, 200)
    assert ended.status == dg.DagsterRunStatus.CANCELED
    assert dagster.left(executor) == []
    assert dagster.made(run) == []


def test_what_needs_a_failed_script_is_not_started(dagster: Site, executor: str) -> None:
    run = dagster.launch(executor, "odd/bad", "odd/below")
    runs = dagster.ended(run, 300)
    assert {run.status for run in runs} == {dg.DagsterRunStatus.FAILURE}
    assert "no luck" in dagster.errors(run)["odd__bad"]
    assert not (data(dagster, executor) / "below.json").exists()


def test_of_a_script_only_what_is_selected_is_made(dagster: Site, executor: str) -> None:
    (run,) = dagster.ended(dagster.launch(executor, "odd/b"), 300)
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert dagster.made(run.run_id) == ["odd/b"]


def test_a_pool_holds_across_runs(dagster: Site, executor: str) -> None:
    """The page's limit is two; Dagster's executor for Dask cannot start runs with pools."""
    if executor == "dask":
        runs = dagster.ended(dagster.launch(executor, "pooled/q0"), 300)
        assert {run.status for run in runs} == {dg.DagsterRunStatus.FAILURE}
        return
    keys = [f"pooled/q{number}" for number in range(4)]
    runs = [dagster.launch(executor, *keys[:2]), dagster.launch(executor, *keys[2:])]
    ended = [dagster.ended(run, 300)[0] for run in runs]
    assert [dagster.errors(run.run_id) for run in ended] == [{}, {}]
    assert [run.status for run in ended] == [dg.DagsterRunStatus.SUCCESS] * 2
    assert most_at_once(data(dagster, executor) / "pool.notes") == 2


def most_at_once(notes: Path) -> int:
    """How many scripts of a pool were at work at the same time."""
    now, most = 0, 0
    for line in sorted(notes.read_text().splitlines()):
        now += int(line.split()[1])
        most = max(most, now)
    return most
