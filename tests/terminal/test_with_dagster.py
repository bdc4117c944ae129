"""`pipes-projects run --dagster`: kinds of script that only Dagster runs."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.running import EXAMPLES


@pytest.fixture
def customized(tmp_path: Path) -> Path:
    root = tmp_path / "customized"
    shutil.copytree(EXAMPLES / "customized", root, ignore=shutil.ignore_patterns(".*"))
    return root


def test_a_kind_of_the_owners_needs_dagster_and_says_so(customized: Path) -> None:
    done = run("run", "*", cwd=customized)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "Error: `warehouse/customers` is of kind `sql`, which only Dagster runs: add `--dagster`"
    )


def test_dagster_runs_it_and_the_result_is_shown_and_remembered(customized: Path) -> None:
    done = run("run", "*", "--dagster", "--format", "json", cwd=customized, DAGSTER_HOME="")
    assert done.returncode == 0, done.stderr
    made = {it["asset"]: (it["result"], it["rows"]) for it in json.loads(done.stdout)["assets"]}
    assert made["warehouse/customers"] == ("made", 15)
    shown = run("history", cwd=customized).stdout
    assert "warehouse/customers" in shown


def test_what_fails_in_dagster_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    definitions = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"
    folder.write("definitions.py", definitions)
    folder.asset("raw/a", "params: {n: 1}\n", "raise SystemExit(4)\n")
    folder.asset("raw/b", "deps: [raw/a]\n")
    home = tmp_path / "home"
    home.mkdir()
    arguments = ("run", "*", "--dagster", "--param", "n=2", "--format", "json")
    done = run(*arguments, cwd=folder.root, DAGSTER_HOME=str(home))
    assert done.returncode == 1
    results = {it["asset"]: it for it in json.loads(done.stdout)["assets"]}
    assert results["raw/a"]["result"] == "failed"
    assert results["raw/a"]["why"].startswith("defs/raw/a.py: exit code 4")
    assert results["raw/b"]["result"] == "skipped"
    assert any(home.iterdir())


def test_a_kind_that_the_owner_runs_in_another_way_needs_dagster_too(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write(
        "definitions.py",
        """
        from pipes_projects import PipesProject, PipesScript

        class Own(PipesScript):
            def invoke(self, context):
                context.log.info("in its own way")

        class Project(PipesProject):
            @classmethod
            def script_kind_map(cls):
                return {**super().script_kind_map(), "subprocess": Own}

        defs = Project.make_defs()
        """,
    )
    folder.asset("raw/a", script="raise SystemExit(1)\n")
    assert run("schema", cwd=folder.root).returncode == 0
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 2
    assert "`raw/a` is of kind `subprocess`, which only Dagster runs" in done.stderr
    assert run("run", "*", "--dagster", cwd=folder.root).returncode == 0
