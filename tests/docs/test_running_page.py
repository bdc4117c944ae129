"""What docs/running.md says of scripts that are run by hand."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.running import ROOT
from tests.support.scripts import python, ran

BLOCK = (ROOT / "docs/running.md").read_text("utf-8").split("```python\n")[-1].partition("```")[0]
LINES = "".join(f"    {line}\n" for line in BLOCK.splitlines())
SCRIPT = f"""
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    print("" if hasattr(type(pipes), "run_id") else int(pipes.get_extra("any")))
{LINES}    print(is_in_dagster, min_flights)
"""


def test_by_hand_values_are_stand_ins_and_a_script_can_ask_first(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    env = {name: it for name, it in os.environ.items() if not name.startswith("DAGSTER_PIPES")}
    command = [sys.executable, "-W", "ignore", str(tmp_path / "script.py")]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "10"]


def test_in_a_run_values_are_real(tmp_path: Path) -> None:
    script = SCRIPT.replace('pipes.get_extra("min_flights")', "pipes.run_id")
    assert ran(python(tmp_path, script), tmp_path).out.split() == [b"True", b"run"]
