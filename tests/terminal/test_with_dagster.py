"""`pipes-projects run --dagster`: kinds of script that only Dagster runs."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.running import EXAMPLES

PLAIN = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"


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


def test_a_key_from_before_a_rename_is_told_by_both_hosts(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("definitions.py", PLAIN)
    report = "pipes.report_asset_materialization(asset_key='raw/order')"
    opened = "from dagster_pipes import open_dagster_pipes\nwith open_dagster_pipes() as pipes:\n"
    folder.asset("raw/orders", "", f"{opened}    {report}\n")
    for options in ((), ("--dagster",)):
        done = run("run", "*", *options, "--format", "json", cwd=folder.root, DAGSTER_HOME="")
        assert json.loads(done.stdout)["assets"][0]["why"].splitlines()[-2:] == [
            "the script reported `raw/order`, which its manifest does not declare: an asset with a"
            " similar name exists: `raw/orders`",
            "the script did not report `raw/orders`",
        ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys\nsys.exit(0)\n", "cannot be imported: SystemExit: 0"),
        (f"{PLAIN}raise BaseException('no')\n", "cannot be imported: BaseException: no"),
        ("raise GeneratorExit\n", "cannot be imported: GeneratorExit"),
        (
            "import dagster as dg\n\ndefs = dg.Definitions()\n",
            "defines none of the assets that are selected",
        ),
    ],
)
def test_definitions_that_make_nothing_of_it_are_no_success(
    tmp_path: Path, text: str, said: str
) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("definitions.py", text)
    folder.asset("raw/a")
    done = run("run", "*", "--dagster", cwd=folder.root, DAGSTER_HOME="")
    assert done.returncode == 2
    assert said in done.stderr


def test_definitions_may_have_others_before_them_and_take_paths_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    others = "import sys\n\nimport dagster as dg\n\nothers = dg.Definitions()\nsys.path.clear()\n"
    folder.write("definitions.py", others + PLAIN)
    folder.asset("raw/a")
    done = run("run", "*", "--dagster", "--format", "json", cwd=folder.root, DAGSTER_HOME="")
    assert done.returncode == 0, done.stderr
    assert [it["result"] for it in json.loads(done.stdout)["assets"]] == ["made"]


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


def test_without_dagster_it_says_what_to_install(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    folder.asset("raw/a")
    blocker = folder.write("no/dagster/__init__.py", "raise ImportError(name='dagster')\n").parents[
        1
    ]
    path = os.pathsep.join([str(blocker), *filter(None, sys.path)])
    done = run("run", "*", "--dagster", cwd=folder.root, PYTHONPATH=path)
    assert done.returncode == 2
    assert "`--dagster` needs Dagster: install `pipes-projects[dagster]`" in done.stderr
