"""`pipes-projects run --dagster`: kinds of script that only Dagster runs."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.dagster.running import EXAMPLES
from tests.support.folder import Folder

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
    made = {
        record["asset"]: (record["result"], record["rows"])
        for record in json.loads(done.stdout)["assets"]
    }
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
    results = {record["asset"]: record for record in json.loads(done.stdout)["assets"]}
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
    ("text", "message"),
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
    tmp_path: Path, text: str, message: str
) -> None:
    folder = Folder(tmp_path / "project")
    folder.write("definitions.py", text)
    folder.asset("raw/a")
    done = run("run", "*", "--dagster", cwd=folder.root, DAGSTER_HOME="")
    assert done.returncode == 2
    assert message in done.stderr


def test_definitions_may_have_others_before_them_and_take_paths_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    others = "import sys\n\nimport dagster as dg\n\nothers = dg.Definitions()\nsys.path.clear()\n"
    folder.write("definitions.py", others + PLAIN)
    folder.asset("raw/a")
    done = run("run", "*", "--dagster", "--format", "json", cwd=folder.root, DAGSTER_HOME="")
    assert done.returncode == 0, done.stderr
    assert [record["result"] for record in json.loads(done.stdout)["assets"]] == ["made"]


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


DAYS = """
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {
            "days": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-05"),
        }

    @classmethod
    def partition_mappings(cls):
        before = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
        return {**super().partition_mappings(), "day_before": before}

defs = Project.make_defs()
"""
LOGS = """
import os
from pathlib import Path
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    keys = pipes.extras.get("partition_keys") or ["-"]
    with Path(os.environ["LOG"]).open("a") as log:
        log.write(" ".join([*pipes.asset_keys, *keys]) + "\\n")
    if os.environ.get("BAD") in keys and pipes.asset_keys == ["raw/a"]:
        raise SystemExit(3)
    pipes.report_asset_materialization()
"""
RANGE = ("--range", "2026-01-01...2026-01-03", "--format", "json")


@pytest.fixture
def days(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    folder.write("definitions.py", DAYS)
    folder.asset("raw/a", "partitions_def: days\n", LOGS)
    folder.asset("raw/b", "partitions_def: days\ndeps: [raw/a]\n", LOGS)
    folder.asset(
        "raw/c",
        "partitions_def: days\nbackfill_policy: {type: single_run}\ndeps: [raw/b]\n",
        LOGS,
    )
    folder.asset("raw/d", "deps: [raw/c]\n", LOGS)
    assert run("schema", cwd=folder.root).returncode == 0
    return folder


def ran(
    folder: Folder, *arguments: str, **env: str
) -> tuple[list[str], list[tuple[str, ...]], int]:
    """What scripts saw, in order; what came of each asset and partition; and the exit code."""
    log = folder.root / "log"
    log.write_text("")
    done = run(
        *("run", *arguments, "--dagster"), cwd=folder.root, DAGSTER_HOME="", LOG=str(log), **env
    )
    assert done.stdout, done.stderr
    assets = json.loads(done.stdout)["assets"]
    results = [(asset["asset"], asset["partition"], asset["result"]) for asset in assets]
    return log.read_text().splitlines(), results, done.returncode


def test_each_partition_of_a_range_is_a_run_unless_a_policy_says_otherwise(days: Folder) -> None:
    seen, results, code = ran(days, "*", *RANGE)
    assert seen == [
        *(f"raw/{name} 2026-01-0{day}" for day in (1, 2, 3) for name in "ab"),
        "raw/c 2026-01-01 2026-01-02 2026-01-03",
        "raw/d -",
    ]
    assert len(results) == 10
    assert {result for *_, result in results} == {"made"}
    assert code == 0


def test_a_partition_that_fails_stops_what_is_made_from_it_and_is_made_again(
    days: Folder,
) -> None:
    seen, results, code = ran(days, "*", *RANGE, BAD="2026-01-02")
    assert seen == [
        *("raw/a 2026-01-01", "raw/b 2026-01-01", "raw/a 2026-01-02"),
        *("raw/a 2026-01-03", "raw/b 2026-01-03"),
    ]
    bad = [result for result in results if result[2] != "made"]
    assert bad == [
        ("raw/a", "2026-01-02", "failed"),
        ("raw/b", "2026-01-02", "skipped"),
        *(("raw/c", f"2026-01-0{day}", "skipped") for day in (1, 2, 3)),
        ("raw/d", None, "skipped"),
    ]
    assert code == 1
    seen, results, code = ran(days, "--last-failed", "--format", "json")
    assert seen == [
        *("raw/a 2026-01-02", "raw/b 2026-01-02"),
        *("raw/c 2026-01-01 2026-01-02 2026-01-03", "raw/d -"),
    ]
    assert code == 0


def test_a_policy_may_divide_a_range(days: Folder) -> None:
    policy = "backfill_policy: {type: multi_run, max_partitions_per_run: 2}"
    days.write("defs/raw/a.yaml", f"partitions_def: days\n{policy}\n")
    seen, _, code = ran(days, 'key:"raw/a"', *RANGE)
    assert seen == ["raw/a 2026-01-01 2026-01-02", "raw/a 2026-01-03"]
    assert code == 0


def test_an_asset_that_is_made_from_its_earlier_partitions_waits_for_them(days: Folder) -> None:
    deps = "deps: [{asset: raw/a, partition_mapping: day_before}]"
    days.write("defs/raw/a.yaml", f"partitions_def: days\n{deps}\n")
    assert run("schema", cwd=days.root).returncode == 0
    seen, results, _ = ran(days, 'key:"raw/a"', *RANGE, BAD="2026-01-02")
    assert seen == ["raw/a 2026-01-01", "raw/a 2026-01-02"]
    assert [result[2] for result in results] == ["made", "failed", "skipped"]


@pytest.mark.parametrize(
    ("range_", "told"),
    [
        ("2026-01-03...2026-01-09", "`raw/a` has no partition `2026-01-09`"),
        ("2026-01-03...x", "`raw/a` has no partition `x`"),
        ("2026-01-03...2026-01-01", "has no partitions from `2026-01-03` to `2026-01-01`"),
    ],
)
def test_a_range_without_partitions_is_refused(days: Folder, range_: str, told: str) -> None:
    done = run(
        *("run", 'key:"raw/a"', "--range", range_, "--dagster"), cwd=days.root, DAGSTER_HOME=""
    )
    assert done.returncode == 2
    assert told in done.stderr


def test_an_asset_with_partitions_is_not_made_without_saying_which(days: Folder) -> None:
    env = {"DAGSTER_HOME": "", "LOG": str(days.root / "log")}
    done = run("run", 'key:"raw/c"+', "--dagster", cwd=days.root, **env)
    assert done.returncode == 2
    such = "such as `--partition 2026-01-04`"
    assert f"`raw/c` has partitions; say which of them to make, {such}" in done.stderr
    assert not (days.root / "log").exists()
    assert run("run", 'key:"raw/d"', "--dagster", cwd=days.root, **env).returncode == 0


def test_a_partition_that_is_not_there_is_refused_with_the_asset(days: Folder) -> None:
    one = ("run", 'key:"raw/a"', "--partition", "2026-01-09", "--dagster")
    done = run(*one, cwd=days.root, DAGSTER_HOME="")
    assert done.returncode == 2
    assert "`raw/a` has no partition `2026-01-09`" in done.stderr


ONE_BY_ONE = """
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for key in pipes.get_extra("partition_keys"):
        pipes.report_custom_message({"partition": key, "asset_key": "raw/p"})
"""
WHOLE_THEN_PARTS = """\
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization(metadata={"of": "all"})
    for day in pipes.get_extra("partition_keys"):
        pipes.report_custom_message({"partition": day, "metadata": {"of": day}})
"""


def test_the_last_report_of_each_partition_is_what_both_hosts_show(days: Folder) -> None:
    days.asset(
        "raw/a", "partitions_def: days\nbackfill_policy: {type: single_run}\n", WHOLE_THEN_PARTS
    )
    told = [
        json.loads(run("run", 'key:"raw/a"', *RANGE, *host, cwd=days.root, DAGSTER_HOME="").stdout)
        for host in ((), ("--dagster",))
    ]
    for assets in (answer["assets"] for answer in told):
        partitions = {asset["partition"]: asset["metadata"]["of"]["value"] for asset in assets}
        assert partitions == {f"2026-01-0{day}": f"2026-01-0{day}" for day in (1, 2, 3)}
        assert len(assets) == 3


ENDINGS = {
    ONE_BY_ONE: ("made", "made", True),
    ONE_BY_ONE + "raise SystemExit(3)\n": ("made", "made", False),
    ONE_BY_ONE.replace(":\n        pipes.rep", "[:1]:\n        pipes.rep"): (
        "made",
        "failed",
        False,
    ),
    LOGS + "raise SystemExit(3)\n": ("failed", "failed", False),
    ONE_BY_ONE + "    pipes.report_asset_check('whole', False)\n": ("failed", "failed", False),
}
"""What a script reports about two days; what comes of each, and whether all is well."""


@pytest.mark.parametrize("host", [(), ("--dagster",)], ids=["here", "dagster"])
@pytest.mark.parametrize(("script", "outcome"), ENDINGS.items())
def test_partitions_reported_one_by_one_stand_however_the_script_ends(
    days: Folder, script: str, outcome: tuple[str, str, bool], host: tuple[str, ...]
) -> None:
    single = "partitions_def: days\nbackfill_policy: {type: single_run}\n"
    check = "checks: {whole: {blocking: true}}\n" if "whole" in script else ""
    days.asset("raw/p", single + check, script)
    days.asset("raw/q", "deps: [raw/p]\n", "print('reads all of it')\n")
    assert run("schema", cwd=days.root).returncode == 0
    arguments = ("run", 'key:"raw/p"+', "--range=2026-01-01...2026-01-02", "--format=json", *host)
    done = run(*arguments, cwd=days.root, DAGSTER_HOME="", LOG=str(days.root / "log"))
    found = {(one["asset"], one["partition"]): one for one in json.loads(done.stdout)["assets"]}
    results = [found["raw/p", f"2026-01-0{day}"]["result"] for day in (1, 2)]
    assert (*results, done.returncode == 0) == outcome
    assert found["raw/q", None]["result"] == ("made" if outcome[2] else "skipped")
