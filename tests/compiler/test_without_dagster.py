"""A clean virtual environment without Dagster, as authors and CI have it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.case_folders import CASES
from tests.support.dagster.running import EXAMPLES, ROOT


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the package and what it requires, and nothing else."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    constraints = str(ROOT / ".ci/constraints.txt")
    install = [str(programs / "pip"), "install", "--quiet", "--constraint", constraints, str(ROOT)]
    subprocess.run(install, check=True)
    return programs


def run(bin_folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(bin_folder / "pipes-projects"), *map(str, arguments)]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_dagster_is_not_there(bin_folder: Path) -> None:
    code = "import importlib.util as it; raise SystemExit(it.find_spec('dagster') is not None)"
    assert subprocess.run([str(bin_folder / "python"), "-c", code], check=False).returncode == 0


def test_added_fields_and_published_names_are_known_by_the_contract(bin_folder: Path) -> None:
    checked = run(bin_folder, "check", "--strict", CASES / "ok/partitions")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("no findings")


@pytest.mark.parametrize(
    "case",
    [
        "unknown-partitions-def",
        "unknown-partition-mapping",
        "unknown-automation-condition",
        "invalid-pool--with-contract",
        "partition-mismatch",
        "invalid-value--rules-of-the-contract",
        "missing-key--added-field",
        "duplicate-asset--python-definitions",
        "invalid-cron",
        "schedule-order",
    ],
)
def test_findings_are_those_of_an_environment_with_dagster(bin_folder: Path, case: str) -> None:
    expected = (CASES / "errors" / case / "expected.txt").read_text("utf-8")
    assert run(bin_folder, "check", CASES / "errors" / case).stdout == expected


def test_list_and_explain_need_no_dagster(bin_folder: Path) -> None:
    listed = json.loads(run(bin_folder, "list", "--json", CASES / "ok/partitions").stdout)
    partitions = {asset["key"]: asset["partitions_def"] for asset in listed["assets"]}
    assert partitions["sales/by_region"] == "daily_by_region"
    explained = run(bin_folder, "explain", "sales/by_region", CASES / "ok/partitions")
    assert explained.returncode == 0, explained.stderr
    assert "daily_by_region" in explained.stdout


def test_reports_say_what_each_code_means(bin_folder: Path) -> None:
    report = run(bin_folder, "check", "--format", "sarif", CASES / "errors/invalid-cron")
    rules = json.loads(report.stdout)["runs"][0]["tool"]["driver"]["rules"]
    assert all(rule["help"]["text"] for rule in rules)


def test_a_new_project_is_right_from_the_start(bin_folder: Path, tmp_path: Path) -> None:
    assert run(bin_folder, "init", tmp_path / "new").returncode == 0
    assert run(bin_folder, "check", "--strict", tmp_path / "new").returncode == 0


def test_the_contract_is_not_overwritten_by_what_is_built_in(bin_folder: Path) -> None:
    refused = run(bin_folder, "schema", EXAMPLES / "customized")
    assert refused.returncode == 2
    assert "install `pipes-projects[dagster]`" in refused.stderr


def test_scripts_of_a_new_project_run_and_what_dagster_would_do_is_told(
    bin_folder: Path, tmp_path: Path
) -> None:
    run(bin_folder, "init", tmp_path / "new")
    done = run(bin_folder, "run", "*", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[:2] == ["example/hello", "made"]
    refused = run(bin_folder, "run", "*", tmp_path / "new", "--dagster")
    assert refused.returncode == 2
    help_ = "Error: `--dagster` needs Dagster: install `pipes-projects[dagster]`"
    assert refused.stderr.splitlines()[-1] == help_
