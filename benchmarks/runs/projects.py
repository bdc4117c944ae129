"""Writes a project whose scripts are run, and a hand-written one with `PipesSubprocessClient`."""

from pathlib import Path

OURS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""

BY_HAND = """\
import sys
from pathlib import Path

import dagster as dg

GROUP = Path(__file__).parent / "defs" / "runs"


def asset(script):
    @dg.asset(name=script.stem, key_prefix="runs", group_name="runs")
    def made(context, client: dg.PipesSubprocessClient):
        command = [sys.executable, str(script)]
        return client.run(context=context, command=command, cwd=str(GROUP)).get_results()

    return made


defs = dg.Definitions(
    assets=[asset(script) for script in sorted(GROUP.glob("*.py"))],
    resources={"client": dg.PipesSubprocessClient()},
)
"""

TRIVIAL = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization({"rows": 1})
"""

TALKATIVE = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for number in range(COUNT):
        pipes.log.info(f"row {number} was read")
    pipes.report_asset_materialization({"rows": 1})
"""

PRINTING = """\
for number in range(COUNT):
    print(f"2013-01-01 12:00:00 INFO {number:09} rows of flights were read from the warehouse")
"""

SECRETS = {"PASSWORD": "correct-horse-battery", "TOKEN": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}


def write_scripts(folder: Path, count: int, script: str, manifest: str = "{}\n") -> Path:
    """A project of ours with `count` scripts that all have this text."""
    group = folder / "defs" / "runs"
    group.mkdir(parents=True)
    for number in range(count):
        (group / f"script_{number:03}.py").write_text(script, encoding="utf-8")
        (group / f"script_{number:03}.yaml").write_text(manifest, encoding="utf-8")
    (folder / "definitions.py").write_text(OURS, encoding="utf-8")
    return folder


def write_both(folder: Path, count: int, script: str) -> tuple[Path, Path]:
    """Our project, and the same one written by hand."""
    ours = write_scripts(folder / "ours", count, script)
    by_hand = write_scripts(folder / "by-hand", count, script)
    (by_hand / "definitions.py").write_text(BY_HAND, encoding="utf-8")
    return ours, by_hand
