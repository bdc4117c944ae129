"""`pipes-projects why`: what has changed in an asset's code since it was made."""

import json
from pathlib import Path

import dagster as dg
import pytest

from tests.support.command import run
from tests.support.dagster.running import execute
from tests.support.folder import Folder

DEFINITIONS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    folder.asset("g/one", "extras: {a: 1, b: 1}\n", "import _lib\n")
    folder.asset("g/two", "", "print(2)\n")
    folder.write("defs/g/_lib.py", "x = 1\n")
    return folder


def why(folder: Folder, key: str) -> str:
    done = run("why", key, cwd=folder.root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def made(folder: Folder) -> None:
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 0, done.stderr


def test_what_never_ran_is_told(folder: Folder) -> None:
    assert why(folder, "g/one") == "g/one: never ran\n"


def test_nothing_has_changed_since_a_run(folder: Folder) -> None:
    made(folder)
    assert why(folder, "g/one").startswith("g/one: nothing has changed since the run at 20")


def test_each_change_since_a_run_is_named(folder: Folder) -> None:
    made(folder)
    folder.write("defs/g/_lib.py", "import _more\n")
    folder.write("defs/g/_more.py", "")
    folder.write("defs/g/one.yaml", "extras: {a: 2, c: 1}\n")
    head, *rows = why(folder, "g/one").splitlines()
    assert head.startswith("g/one: stale, because of what has changed since the run at 20")
    assert rows == [
        "  defs/g/_lib.py   changed",
        "  extras.a         changed",
        "  defs/g/_more.py  added",
        "  extras.c         added",
        "  extras.b         removed",
    ]
    assert why(folder, "g/two").startswith("g/two: nothing has changed")


def test_a_run_that_failed_made_nothing(folder: Folder) -> None:
    folder.write("defs/g/two.py", "raise SystemExit(1)\n")
    run("run", 'key:"g/two"', cwd=folder.root)
    assert why(folder, "g/two") == "g/two: never ran\n"


def test_a_version_that_somebody_wrote_is_all_there_is(folder: Folder) -> None:
    folder.write("defs/g/two.yaml", "code_version: 1.10\n")
    made(folder)
    folder.write("defs/g/two.py", "print(3)\n")
    assert why(folder, "g/two").startswith("g/two: nothing has changed")
    folder.write("defs/g/two.yaml", "code_version: 1.11\n")
    assert why(folder, "g/two").splitlines()[1:] == ["  code_version  changed"]


def test_a_run_that_recorded_nothing_is_told(folder: Folder) -> None:
    line = {"time": "2026-05-01T06:00:00Z", "run": "r", "asset": "g/two", "partition": "2013-01"}
    folder.write(".pipes-projects/history.jsonl", json.dumps(line) + "\n")
    told = "g/two: the run of 2013-01 at 2026-05-01T06:00:00Z recorded nothing of its code\n"
    assert why(folder, "g/two") == told


def test_programs_get_it_as_json(folder: Folder) -> None:
    made(folder)
    folder.write("defs/g/_lib.py", "x = 2\n")
    told = json.loads(run("why", "g/one", "--format", "json", cwd=folder.root).stdout)
    assert {*told.pop("run")} == {"time", "run"}
    assert told == {
        "version": 1,
        "key": "g/one",
        "verdict": "changed",
        "changed": ["defs/g/_lib.py"],
        "added": [],
        "removed": [],
    }


def test_a_key_that_nothing_has_is_told_with_the_nearest(folder: Folder) -> None:
    done = run("why", "g/tow", cwd=folder.root)
    assert done.returncode == 2
    assert "no asset is called `g/tow`; an asset with a similar name exists: `g/two`" in done.stderr


def test_a_manifest_that_cannot_be_read_may_have_the_key(folder: Folder) -> None:
    folder.write("defs/g/two.yaml", "deps: [g/one\n")
    done = run("why", "g/two", cwd=folder.root)
    assert done.returncode == 2
    unread = "a manifest of this group cannot be read: see `pipes-projects check`"
    assert f"no asset is called `g/two`; {unread}" in done.stderr


def test_dagster_knows_what_was_recorded_of_its_runs(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", "utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    folder.write("definitions.py", DEFINITIONS)
    assert run("why", "g/one", "--dagster", cwd=folder.root).stdout == "g/one: never ran\n"
    with dg.DagsterInstance.get() as instance:
        assert execute(folder.definitions(), instance).success
    folder.write("defs/g/_lib.py", "x = 2\n")
    one = run("why", "g/one", "--dagster", cwd=folder.root)
    assert one.stdout.splitlines()[1:] == ["  defs/g/_lib.py  changed"], one.stderr
    two = run("why", "g/two", "--dagster", cwd=folder.root).stdout
    assert two.startswith("g/two: nothing has changed since the run at 20")


def test_dagster_is_asked_where_it_is(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    folder.write("definitions.py", DEFINITIONS)
    done = run("why", "g/one", "--dagster", cwd=folder.root)
    assert done.returncode == 2
    assert "`--dagster` asks the instance that DAGSTER_HOME names: set it" in done.stderr
