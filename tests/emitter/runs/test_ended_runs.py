"""Runs in Dagster's server that are ended: nothing of their scripts is left, and they say why."""

import signal
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.support.dagster.served import Server, served
from tests.support.processes.scripts import marked
from tests.support.processes.trees import WITNESS

MARK = "ended-runs"
SCRIPT = """\
import signal, subprocess, sys, time
deaf = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; time.sleep(300)"
subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
time.sleep(300)
"""
REPORTS_ONE = """\
import time
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization(asset_key="g/two", metadata={"rows": 7})
    pipes.log.info("reported")
    time.sleep(300)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    group = folder / "defs/g"
    group.mkdir(parents=True)
    (group / "long.py").write_text(SCRIPT)
    (group / "long.yaml").write_text(f"subprocess: {{env: {{{WITNESS}: {MARK}}}}}\ngrace: 0.5\n")
    (group / "some.py").write_text(REPORTS_ONE)
    (group / "some.yaml").write_text("assets: {one: {}, two: {deps: [g/one]}}\ngrace: 0.5\n")
    definitions = folder / "definitions.py"
    definitions.write_text(
        "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"
    )
    with served(definitions, folder / "home") as running:
        yield running


def started(server: Server) -> str:
    """A run whose script has started what ignores signals."""
    run = server.launch("g/long")
    until = time.monotonic() + 60
    while len(marked(WITNESS, MARK)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(marked(WITNESS, MARK)) >= 2
    return run


def left() -> list[psutil.Process]:
    until = time.monotonic() + 20
    while (processes := marked(WITNESS, MARK)) and time.monotonic() < until:
        time.sleep(0.1)
    return processes


def test_a_run_that_is_cancelled_in_the_ui_leaves_nothing(server: Server) -> None:
    run = started(server)
    server.cancel(run)
    assert server.ended(run) == "CANCELED"
    assert left() == []


def test_a_step_that_is_cancelled_says_which_script_it_was_and_keeps_its_reports(
    server: Server,
) -> None:
    run = server.launch("g/one", "g/two")
    until = time.monotonic() + 60
    while not has_reported(server, run) and time.monotonic() < until:
        time.sleep(0.1)
    server.cancel(run)
    assert server.ended(run) == "CANCELED"
    (made,) = server.events(run, "MaterializationEvent")
    assert made["assetKey"]["path"] == ["g", "two"]
    (failure,) = server.events(run, "ExecutionStepFailureEvent")
    assert failure["error"]["message"].splitlines() == [
        "dagster._core.errors.DagsterExecutionInterruptedError: defs/g/some.py: ended, because"
        " Dagster interrupted its step",
        "the script did not report `g/one`",
    ]
    engine = [event["message"] for event in server.events(run, "EngineEvent")]
    assert "Multiprocess executor: interrupted all active child processes" in engine


def has_reported(server: Server, run: str) -> bool:
    return any(event["message"] == "reported" for event in server.events(run, "LogMessageEvent"))


def test_a_step_that_is_killed_leaves_nothing_and_fails_its_run(server: Server) -> None:
    run = started(server)
    for step in server.steps():
        step.send_signal(signal.SIGKILL)
    assert server.ended(run) == "FAILURE"
    assert left() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_worker_that_is_ended_leaves_nothing(server: Server, number: signal.Signals) -> None:
    started(server)
    for worker in server.workers():
        worker.send_signal(number)
    assert left() == []
