"""What docs/running.md says of scripts that are run without Dagster, or by hand."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from click import Option

from pipes_projects.cli.running.command import command
from tests.support.command import run
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.processes.scripts import python, ran

PAGE = (ROOT / "docs/running.md").read_text("utf-8")
BLOCK = PAGE.split("```python\n")[-1].partition("```")[0]
LINES = "".join(f"    {line}\n" for line in BLOCK.splitlines())
SCRIPT = f"""
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    if not hasattr(type(pipes), "run_id"):
        value = pipes.get_extra("any")
        try:
            print(int(value), bool(value), value > 0)
        except TypeError:
            print(int(value), bool(value), "fails")
{LINES}    print(is_in_dagster, min_flights)
"""


def test_by_hand_values_are_stand_ins_and_a_script_can_ask_first(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("DAGSTER_PIPES")
    }
    command = [sys.executable, "-W", "ignore", str(tmp_path / "script.py")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "True", "fails", "False", "10"]


def test_in_a_run_values_are_real(tmp_path: Path) -> None:
    script = SCRIPT.replace('pipes.get_extra("min_flights")', "pipes.run_id")
    assert ran(python(tmp_path, script), tmp_path).out.split() == [b"True", b"run"]


def between(mark: str) -> str:
    return PAGE.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0]


def as_on_the_page(text: str, folder: Folder) -> str:
    """Times, and where this machine has Python and the project, are not the same each time."""
    text = re.sub(r"(?<=after )\d+\.\d|(?<=made    )\d+\.\d|(?<=failed   )\d+\.\d", "0.1", text)
    text = text.replace(str(folder.root), "/home/ada/shop")
    return text.replace(sys.executable, "/usr/bin/python3")


def test_what_it_shows_of_runs_is_what_they_print(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    for path, content in re.findall(r"```\w+\n# (\S+)\n(.*?)```", between("files"), re.DOTALL):
        folder.write(path, content)
    shown = between("runs").partition("```console\n")[2].partition("```")[0]
    printed = ""
    for line in re.findall(r"^\$ pipes-projects (.*)$", shown, re.MULTILINE):
        done = run(*shlex.split(line), "--jobs", "1", cwd=folder.root)
        printed += f"$ pipes-projects {line}\n{as_on_the_page(done.stderr + done.stdout, folder)}"
    assert printed == shown


def test_it_lists_every_option() -> None:
    table = PAGE.partition("| option |")[2].partition("\n\n")[0]
    options = {name for param in command.params if isinstance(param, Option) for name in param.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", table)) == options


def test_what_it_shows_of_a_stale_asset_is_what_is_printed(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "project")
    files = re.findall(r"```\w+\n# (\S+)\n(.*?)```", between("stale files"), re.DOTALL)
    for path, content in files:
        folder.write(path, content)
    assert run("run", "*", cwd=folder.root).returncode == 0
    folder.write("defs/sales/_money.py", "def rounded(value):\n    return round(value, 1)\n")
    folder.write("defs/sales/report.yaml", "extras: {region: us}\n")
    shown = between("stale runs").partition("```console\n")[2].partition("```")[0]
    command, _, printed = shown.partition("\n")
    done = run(*shlex.split(command)[2:], cwd=folder.root)
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.sub(time, "", done.stdout) == re.sub(time, "", printed)
