"""`pipes-projects run --watch`: what a change touches is run again."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer
from typing import Any
from unittest.mock import patch

import pytest
import watchfiles

from pipes_projects.cli.project import layout_at
from pipes_projects.cli.running.watch import before, follow
from pipes_projects.project_folder import compile_project
from pipes_projects.terminal.planning.touched import touched
from tests.support.folder import Folder

PATIENCE = 60


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    folder.asset("raw/a", script="import _shared\n")
    folder.asset("raw/b", "code_paths: [sql/]\n")
    folder.write("defs/raw/sql/orders.txt", "1\n")
    folder.asset("marts/c", "deps: [raw/a]\n")
    folder.write("defs/raw/_defaults.yaml", "owners: [team:x]\n")
    folder.write("defs/raw/_shared.py")
    return folder


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("defs/raw/a.py", {"raw/a", "marts/c"}),
        ("defs/raw/b.yaml", {"raw/b"}),
        ("defs/raw/_shared.py", {"raw/a", "marts/c"}),
        ("defs/raw/_defaults.yaml", {"raw/a", "raw/b", "marts/c"}),
        ("defs/raw/sql/orders.txt", {"raw/b"}),
        ("defs/raw/other.py", set()),
        ("defs/raw/_shared.csv", set()),
        ("elsewhere/_shared.py", set()),
    ],
)
def test_a_change_touches_what_has_the_file_and_what_is_made_from_it(
    folder: Folder, path: str, keys: set[str]
) -> None:
    project = compile_project(folder.root).project
    assert touched(project, folder.root, [path]) == keys


class Watching:
    """The command, and what it has said so far."""

    def __init__(self, folder: Folder, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "pipes_projects", "run", "*", str(folder.root), "--watch"]
        with open(log, "w") as file:
            self.process = subprocess.Popen(command, stderr=file, stdout=subprocess.DEVNULL)

    def says(self, text: str, times: int = 1) -> bool:
        """Whether it says something so often, before long."""
        until = time.monotonic() + PATIENCE
        while (found := self.log.read_text().count(text)) < times and time.monotonic() < until:
            time.sleep(0.05)
        return found == times


@pytest.fixture
def watching(folder: Folder, tmp_path: Path) -> Iterator[Watching]:
    watching = Watching(folder, tmp_path / "log")
    try:
        assert watching.says("; Ctrl-C ends it")
        yield watching
    finally:
        watching.process.kill()
        watching.process.wait()


def test_what_a_change_touches_runs_again_and_nothing_else(
    folder: Folder, watching: Watching
) -> None:
    folder.write("defs/raw/_shared.py", "print('better')\n")
    assert watching.says("better")
    assert watching.says("; Ctrl-C ends it", times=2)
    assert watching.says("raw/a   | made", 2)
    assert watching.log.read_text().count("raw/b   | made") == 1


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("defs/raw/b.py", "error[missing-script]"),
        ("defs/raw/_shared.py", "ModuleNotFoundError"),
        ("defs/raw/sql/orders.txt", "raw/b | made"),
    ],
)
def test_what_a_file_belonged_to_is_affected_when_it_is_gone(
    folder: Folder, watching: Watching, gone: str, words: str
) -> None:
    (folder.root / gone).unlink()
    assert watching.says(f"changed: {gone}\n")
    assert watching.says("; Ctrl-C ends it", times=2)
    assert words in watching.log.read_text().partition("changed: ")[2]


def test_a_change_just_before_anybody_watches_is_not_missed(folder: Folder) -> None:
    layout = layout_at(folder.root)
    memory, stop, affected = before(layout), Event(), list[frozenset[str]]()
    watch = watchfiles.watch

    def changed_first(path: Path, **options: Any) -> Iterator[Any]:
        folder.write("defs/raw/a.py", "print('changed')\n")
        yield from watch(path, **options)

    def run(keys: frozenset[str]) -> None:
        affected.append(keys)
        stop.set()

    patience = Timer(PATIENCE / 3, stop.set)
    patience.start()
    with patch("watchfiles.watch", changed_first):
        follow(layout, memory, stop, run)
    patience.cancel()
    assert affected == [{"raw/a", "marts/c"}]


def test_a_folder_that_is_replaced_is_watched_on(folder: Folder, watching: Watching) -> None:
    copy = folder.root / "copy"
    shutil.copytree(folder.root / "defs", copy)
    shutil.rmtree(folder.root / "defs")
    copy.rename(folder.root / "defs")
    time.sleep(2)  # until it has looked
    folder.write("defs/raw/b.py", "print('replaced')\n")
    assert watching.says("| replaced")


def test_a_change_during_the_first_run_is_not_missed(folder: Folder, tmp_path: Path) -> None:
    slow = "import pathlib, time\nprint('begun')\nwhile not pathlib.Path('go').exists():\n"
    folder.write("defs/raw/b.py", slow + "    time.sleep(0.05)\n")
    watching = Watching(folder, tmp_path / "log")
    try:
        assert watching.says("begun")
        folder.write("defs/raw/_shared.py", "print('better')\n")
        folder.write("defs/raw/go", "")
        assert watching.says("changed: defs/raw/_shared.py\n")
        assert watching.says("; Ctrl-C ends it")
        assert watching.says("better")
        assert watching.says("raw/b   | made")
    finally:
        watching.process.kill()
        watching.process.wait()


def test_a_file_that_a_manifest_names_counts_whatever_its_ending(
    folder: Folder, watching: Watching
) -> None:
    folder.write("defs/raw/sql/orders.txt", "2\n")
    assert watching.says("changed: defs/raw/sql/orders.txt\n")
    assert watching.says("raw/b | made", times=1)
    assert watching.says("; Ctrl-C ends it", times=2)
    folder.write("defs/raw/data.txt", "made by a script\n")
    folder.write("defs/raw/sql/more/returns.txt", "3\n")
    assert watching.says("changed: defs/raw/sql/more/returns.txt\n")
    assert watching.says("raw/b | made", times=2)


@pytest.mark.parametrize(
    ("mistake", "code"), [("depz: []\n", "unknown-key"), ("deps: [\n", "yaml-syntax")]
)
def test_a_mistake_is_shown_and_mended_while_it_watches(
    folder: Folder, watching: Watching, mistake: str, code: str
) -> None:
    folder.write("defs/raw/b.yaml", mistake)
    assert watching.says(f"error[{code}]")
    assert watching.says("; Ctrl-C ends it", times=2)
    folder.write("defs/raw/b.yaml", "tags: {x: y}\n")
    assert watching.says("; Ctrl-C ends it", times=3)
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(PATIENCE) == 130
    assert "Traceback" not in watching.log.read_text()
