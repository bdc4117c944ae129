"""Whatever a script starts, and however it is ended: nothing is left behind."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from pipes_projects.running.process.supervisors import supervisors
from pipes_projects.running.session import run
from tests.support.processes.scripts import Outcome, marked, python, ran
from tests.support.processes.trees import FLEEING, HOST, TREES, WITNESS


@pytest.fixture
def witness() -> Iterator[str]:
    """A mark of this test's processes, which must all be gone at its end."""
    value = uuid4().hex
    yield value
    left = marked(WITNESS, value)
    for process in left:
        process.kill()
    assert left == []


def environment(witness: str) -> dict[str, str]:
    return {**os.environ, WITNESS: witness}


@pytest.mark.parametrize("tree", TREES)
def test_a_script_that_takes_too_long_ends_with_all_that_it_started(
    tree: str, tmp_path: Path, witness: str
) -> None:
    outcome = ran(
        python(tmp_path, TREES[tree]), tmp_path, env=environment(witness), timeout=1.5, grace=0.2
    )
    assert str(outcome.ending) == "timed out after 1.5s"
    assert outcome.out == b"ready\n"
    assert marked(WITNESS, witness) == []


def test_what_flees_by_forking_is_ended(tmp_path: Path) -> None:
    outcome = ran(python(tmp_path, FLEEING), tmp_path, timeout=1.5, grace=0.1)
    assert outcome.ending.stuck == ""
    beats = (tmp_path / "beats").read_text()  # no look at processes finds what is so short-lived
    assert beats
    time.sleep(0.5)
    assert (tmp_path / "beats").read_text() == beats


@pytest.mark.parametrize("tree", TREES)
def test_an_exception_of_the_host_ends_all(tree: str, tmp_path: Path, witness: str) -> None:
    outcome = Outcome()
    words = python(tmp_path, TREES[tree])
    events = run(outcome.job(words, tmp_path, env=environment(witness), grace=0.1, timeout=60))
    with pytest.raises(RuntimeError, match="the host failed"):
        drive_until_ready(events, outcome)
    assert marked(WITNESS, witness) == []


def drive_until_ready(events: Iterator[object], outcome: Outcome) -> None:
    """A host that fails in the middle of a run, while it waits for the script."""

    def fail(_number: int, _frame: object) -> None:
        if b"ready" in outcome.out:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise RuntimeError("the host failed")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        for event in events:
            outcome.take(event)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def host_of(words: list[str], tmp_path: Path, witness: str) -> subprocess.Popen[str]:
    """A process that runs a script, as a step of Dagster does."""
    folder = tmp_path / "host"
    folder.mkdir()
    root = str(Path(__file__).parents[2])
    env = {**environment(witness), "PYTHONPATH": root, "TMPDIR": str(tmp_path)}
    command = [*python(folder, HOST), *words]
    return subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True)


def wait_for(count: int, witness: str) -> None:
    until = time.monotonic() + 20
    while len(marked(WITNESS, witness)) < count and time.monotonic() < until:
        time.sleep(0.02)


def assert_none_left(witness: str) -> None:
    until = time.monotonic() + 10
    while marked(WITNESS, witness) and time.monotonic() < until:
        time.sleep(0.05)
    assert marked(WITNESS, witness) == []


@pytest.mark.parametrize("tree", TREES)
def test_a_host_that_is_killed_takes_its_script_along(
    tree: str, tmp_path: Path, witness: str
) -> None:
    host = host_of(python(tmp_path, TREES[tree]), tmp_path, witness)
    wait_for(5, witness)
    host.kill()
    host.communicate()
    assert_none_left(witness)
    assert list(tmp_path.glob("pipes-*")) == []


def test_a_supervisor_that_is_killed_is_noticed(tmp_path: Path, witness: str) -> None:
    words = python(tmp_path, TREES["own session"])
    host = host_of(words, tmp_path, witness)
    wait_for(5, witness)
    (program,) = psutil.Process(host.pid).children()
    (supervisor,) = program.children()
    supervisor.kill()
    told, _ = host.communicate(timeout=30)
    assert told == "it is not known how it ended\n"
    assert_none_left(witness)


def test_the_program_that_forks_supervisors_may_be_killed_at_any_time(tmp_path: Path) -> None:
    for _ in range(2):
        assert ran(["true"], tmp_path).ending.is_success
        assert supervisors.program
        supervisors.program.kill()
        supervisors.program.wait()


def test_scripts_run_side_by_side_in_one_host(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        words = [["sh", "-c", f"sleep 0.1; exit {number}"] for number in range(24)]
        outcomes = list(pool.map(lambda word: ran(word, tmp_path), words))
    assert [outcome.ending.code for outcome in outcomes] == list(range(24))


def test_what_a_script_leaves_behind_is_ended_and_named(tmp_path: Path, witness: str) -> None:
    words = ["sh", "-c", "setsid sleep 300 & sleep 0.5"]
    outcome = ran(words, tmp_path, env=environment(witness), grace=0.2)
    assert outcome.ending.is_success
    assert outcome.ending.left.startswith("sleep (")


def test_a_script_that_empties_its_environment_and_leaves_its_group_is_found(
    tmp_path: Path,
) -> None:
    number = 30000 + random.randrange(1_000_000)
    words = ["sh", "-c", f"setsid env -i sleep {number} & echo ready; sleep 300"]
    ran(words, tmp_path, timeout=0.5, grace=0.2)
    commands = [process.info["cmdline"] or () for process in psutil.process_iter(["cmdline"])]
    assert str(number) not in [word for command in commands for word in command]


def test_a_script_may_end_in_its_own_way_within_the_grace(tmp_path: Path) -> None:
    text = """
        import signal, sys, time
        def leave(*_):
            print("put away"); sys.exit(7)
        signal.signal(signal.SIGINT, leave)
        print("ready"); time.sleep(300)
    """
    outcome = ran(python(tmp_path, text), tmp_path, timeout=2, grace=10)
    assert outcome.out == b"ready\nput away\n"
    assert outcome.ending.code == 7
    assert not outcome.ending.is_success


def test_the_last_words_of_a_script_that_is_ended_are_kept(tmp_path: Path) -> None:
    text = """
        import time
        from dagster_pipes import open_dagster_pipes
        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(asset_key="g/a")
            time.sleep(300)
    """
    outcome = ran(python(tmp_path, text), tmp_path, timeout=3, grace=10)
    methods = [message.method for message in outcome.messages]
    assert methods == ["opened", "report_asset_materialization", "closed"]
