"""Output that nobody reads, or that cannot be written: no bug of ours, and nothing else is lost."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.processes.scripts import marked

COMMANDS = (
    *("check", "check --format json", "list", "history", "why raw/a", "explain raw/a"),
    *("graph", "graph --format json"),
    *("run '*' --dry-run", "run '*'", "run '*' --format json", "--help", "run --help", "--version"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("lost") / "project")
    folder.asset("raw/a", script="for n in range(100):\n    print('line', n, flush=True)\n")
    folder.asset("marts/b", "deps: [raw/a]\n")
    assert run("run", "*", cwd=folder.root).returncode == 0
    return folder


@contextmanager
def unread() -> Iterator[int]:
    """A pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    yield write
    os.close(write)


def call(command: str, folder: Folder, **streams: int) -> subprocess.CompletedProcess:
    words = [sys.executable, "-m", "pipes_projects", *shlex.split(command)]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(words, cwd=folder.root, text=True, check=False, **given)


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nobody_reads_on_it_ends_quietly_as_by_sigpipe(folder: Folder, command: str) -> None:
    with unread() as nobody:
        done = call(command, folder, stdout=nobody)
        assert call(command, folder, stdout=nobody, stderr=nobody).returncode == 141
    assert done.returncode == 141
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_written_is_told(folder: Folder, command: str) -> None:
    with open("/dev/full", "w") as full:
        done = call(command, folder, stdout=full.fileno())
        assert call(command, folder, stdout=full.fileno(), stderr=full.fileno()).returncode == 2
    assert done.returncode == 2
    told = "Error: the output cannot be written: No space left on device"
    assert done.stderr.splitlines()[-1] == told
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_streams_may_be_closed(folder: Folder, command: str) -> None:
    words = f"{shlex.quote(sys.executable)} -m pipes_projects {command}"
    for closed in (">&-", "<&- >&-", "<&- >&- 2>&-"):
        shell = ["sh", "-c", f"{words} {closed}"]
        done = subprocess.run(
            shell, cwd=folder.root, stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode == 0
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "run '*'", "run nonsense"])
def test_standard_error_that_is_lost_changes_no_answer(folder: Folder, command: str) -> None:
    usual = call(command, folder)
    with unread() as nobody, open("/dev/full", "w") as full:
        for stderr in (nobody, full.fileno()):
            done = call(command, folder, stderr=stderr)
            assert done.returncode == usual.returncode
            assert done.stdout.count("\n") == usual.stdout.count("\n")


@pytest.mark.parametrize("is_full", [False, True])
def test_a_run_without_any_output_is_recorded_and_leaves_nothing(
    tmp_path: Path, is_full: bool
) -> None:
    folder = Folder(tmp_path / "project")
    folder.asset("raw/a", f"subprocess: {{env: {{LOST: {tmp_path}}}}}\n")
    folder.asset("marts/b", "deps: [raw/a]\n", "raise SystemExit(1)\n")
    with unread() as nobody, open("/dev/full", "w") as full:
        stream = full.fileno() if is_full else nobody
        call("run '*'", folder, stdout=stream, stderr=stream)
    shown = run("history", cwd=folder.root).stdout
    assert [line.split()[1:3] for line in shown.splitlines()[1:]] == [
        ["raw/a", "made"],
        ["marts/b", "failed"],
    ]
    assert not marked("LOST", str(tmp_path))
