"""What docs/guide.md says that scripts are told: bare, and by both hosts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.manifest.params import TOLD
from tests.support.command import run
from tests.support.dagster.running import ROOT, materialize
from tests.support.folder import Folder

SECTION = (ROOT / "docs/guide.md").read_text("utf-8").partition("## What scripts are told\n")[2]
SECTION = SECTION.partition("\n## ")[0]
ASKS, RIGHT = (
    "".join(f"    {line}\n" for line in block.partition("```")[0].splitlines())
    for block in SECTION.split("```python\n")[1:]
)
TELLING = f"""\
import os, sys
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
{RIGHT}    with open(sys.argv[0] + ".told", "w") as file:
        print(is_told, min_rows, file=file)
    pipes.report_asset_materialization(metadata={{"dagster/row_count": 1200}})
"""
ASKING = f"""\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
{ASKS}    assert orders["metadata"]["dagster/row_count"] == {{"raw_value": 1200, "type": "int"}}
    assert orders["partition"] is None
    pipes.report_asset_materialization()
"""
STANDING_IN = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    extra = pipes.get_extra("any")
    print(int(extra), bool(extra), list(extra))
"""


@pytest.fixture
def project(folder: Folder) -> Folder:
    folder.asset("raw/orders", "params: {min_rows: 8}\n", TELLING)
    folder.asset("raw/prices")
    folder.write("defs/marts/sales.yaml", SECTION.partition("```yaml\n")[2].partition("```")[0])
    folder.write("defs/marts/sales.py", ASKING)
    return folder


def bare(script: Path) -> str:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_PIPES")
    }
    command = [sys.executable, "-W", "ignore", str(script)]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def told(project: Folder) -> str:
    return (project.root / "defs/raw/orders.py.told").read_text()


def test_bare_a_script_has_stand_ins(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(STANDING_IN)
    assert bare(tmp_path / "script.py").split() == ["1", "True", "[]"]


def test_bare_the_two_lines_give_what_the_script_takes(project: Folder) -> None:
    bare(project.root / "defs/raw/orders.py")
    assert told(project).split() == ["False", "1"]


def test_in_dagster_the_same_script_is_told(project: Folder, tmp_path: Path) -> None:
    outcome = materialize(project.definitions(), tmp_path / "home")
    assert outcome.success, outcome.failures
    assert told(project).split() == ["True", "8"]


def test_in_a_terminal_the_same_script_is_told(project: Folder) -> None:
    done = run("run", "*", cwd=project.root)
    assert done.returncode == 0, done.stderr
    assert told(project).split() == ["True", "8"]


def test_the_table_names_all_that_is_told_whatever_a_manifest_says() -> None:
    assert TOLD.keys() <= {*re.findall(r'get_extra\("(\w+)"\)`', SECTION)}
