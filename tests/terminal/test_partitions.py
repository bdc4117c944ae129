"""Which partitions scripts are run for, and how many at a time."""

import json
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder

DEFINITIONS = """
import dagster as dg
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def partitions_defs(cls):
        return {
            "days": dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-05"),
            "files": dg.DynamicPartitionsDefinition(name="files"),
        }

defs = Project.make_defs()
"""
PRINTS = """
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    keys = pipes.get_extra("partition_keys")
    print("made", *keys)
    for key in keys:
        if key != "2026-01-03":
            pipes.report_custom_message({"partition": key, "metadata": {"n": 1}})
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = Folder(tmp_path_factory.mktemp("owner") / "project")
    folder.write("definitions.py", DEFINITIONS)
    assert run("schema", cwd=folder.root).returncode == 0
    return (folder.root / "schemas/manifest.schema.json").read_text()


@pytest.fixture
def folder(tmp_path: Path, contract: str) -> Folder:
    folder = Folder(tmp_path / "project")
    (folder.root / "schemas").mkdir()
    (folder.root / "schemas/manifest.schema.json").write_text(contract)
    return folder


@pytest.mark.parametrize(
    ("policy", "runs"),
    [
        ("{}", ["01", "02", "03", "04"]),
        ("{type: single_run}", ["01 02 03 04"]),
        ("{type: multi_run, max_partitions_per_run: 3}", ["01 02 03", "04"]),
    ],
)
def test_a_range_is_divided_as_the_backfill_policy_says(
    folder: Folder, policy: str, runs: list[str]
) -> None:
    folder.asset("raw/a", f"partitions_def: days\nbackfill_policy: {policy}\n", PRINTS)
    done = run("run", "*", "--range", "2026-01-01...2026-01-04", "--jobs", "1", cwd=folder.root)
    printed = [line.partition("| made ")[2] for line in done.stderr.splitlines()]
    days = [" ".join(f"2026-01-{day}" for day in days.split()) for days in runs]
    assert [line for line in printed if line.startswith("2026")] == days
    assert done.returncode == 1


def test_only_partitions_that_were_not_made_are_made_again(folder: Folder) -> None:
    folder.asset("raw/a", "partitions_def: days\nbackfill_policy: {type: single_run}\n", PRINTS)
    run("run", "*", "--range", "2026-01-01...2026-01-04", cwd=folder.root)
    done = run("run", "--last-failed", "--dry-run", "--format", "json", cwd=folder.root)
    assert [step["partitions"] for step in json.loads(done.stdout)["steps"]] == [["2026-01-03"]]


@pytest.mark.parametrize(
    ("partitions", "options", "told"),
    [
        (
            "days",
            (),
            "`raw/a`: it has partitions; say which of them to make, such as"
            " `--partition 2026-01-04`",
        ),
        ("days", ("--partition", "2026-01-09"), "`raw/a`: there is no partition `2026-01-09`; "),
        ("days", ("--range", "2026-01-04...2026-01-02"), "`raw/a`: "),
        (
            "days",
            ("--partition", "2026-01-01...2026-01-02"),
            "`raw/a`: there is no partition `2026-01-01...2026-01-02`; several of them are a"
            " `--range 2026-01-01...2026-01-02`",
        ),
        ("days", ("--range", "2026-01-04"), "`--range 2026-01-04` is not a range: write `--range "),
        (
            "days",
            ("--range", "a...b", "--partition", "c"),
            "--partition is one, and --range is several: use only one of them",
        ),
        ("null", ("--partition", "2026-01-01"), "no selected script has partitions"),
        ("files", ("--partition", "x"), "`raw/a`: only Dagster knows these partitions; "),
    ],
)
def test_what_cannot_be_made_is_told_before_anything_runs(
    folder: Folder, partitions: str, options: tuple[str, ...], told: str
) -> None:
    folder.asset("raw/a", f"partitions_def: {partitions}\n", PRINTS)
    done = run("run", "*", *options, cwd=folder.root)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"Error: {told}")
    assert "started" not in done.stderr
