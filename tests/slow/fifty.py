"""A project of fifty scripts: numbers, 48 parts made of them, and their sum."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.folder import Folder
from tests.support.processes.trees import WITNESS

PARTS = [f"p{number:02}" for number in range(48)]
KEYS = {"raw/numbers", "marts/total", *(f"parts/{name}" for name in PARTS)}
TOTAL = sum(2 * number for number in range(48))
STUCK = "parts/p13"
"""The first time, it waits for the end of its worker, and has started what ignores signals."""

_HEAD = """\
import json, os, sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
NAME = Path(__file__).stem

def write(name, value):
    half = DATA / f".{name}.{os.getpid()}"
    half.write_text(json.dumps(value))
    half.rename(DATA / f"{name}.json")

def note(name, what):
    with open(DATA / f"{name}.notes", "a") as notes:
        notes.write(f"{what}\\n")

"""
_PART = """\
note(NAME, "started")
print("working on", NAME)
numbers = json.loads((DATA / "numbers.json").read_text())
write(NAME, 2 * numbers[NAME])
"""
_STUCK = """\
if not (DATA / "stuck").exists():
    import subprocess, time
    deaf = "import signal, time; signal.signal(2, 1); signal.signal(15, 1); time.sleep(300)"
    note(NAME, "started")
    subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
    (DATA / f".{NAME}.half").write_text("[1, 2")
    (DATA / "stuck").write_text(str(os.getpid()))
    time.sleep(300)
(DATA / f".{NAME}.half").unlink(missing_ok=True)
"""
_TOTAL = """\
parts = [json.loads(path.read_text()) for path in DATA.glob("p*.json")]
write("total", sum(parts))
"""
_POOLED = """\
import time
note("pool", f"{time.time()} +1")
until = time.monotonic() + 200
while (DATA / "pool.notes").read_text().count("+1") < 2 and time.monotonic() < until:
    time.sleep(0.1)  # however late the second one starts
time.sleep(1.5)
note("pool", f"{time.time()} -1")
"""
_SOME = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for key in pipes.asset_keys:
        pipes.report_asset_materialization(asset_key=key)
    for key, names in pipes.extras["selected_checks"].items():
        for name in names:
            pipes.report_asset_check(name, True, asset_key=key)
"""
_LONG = """\
import time
(DATA / "long").write_text(str(os.getpid()))
time.sleep(300)
"""


def project(root: Path, mark: str) -> Folder:
    """The fifty, and a few others; whatever they start has a mark in its environment."""
    folder = Folder(root)
    (root / "data").mkdir()
    folder.write("defs/_defaults.yaml", f"grace: 1s\nsubprocess: {{env: {{{WITNESS}: {mark}}}}}\n")
    numbers = {name: number for number, name in enumerate(PARTS)}
    folder.asset("raw/numbers", "", f"{_HEAD}write('numbers', {json.dumps(numbers)})\n")
    for name in PARTS:
        stuck = _STUCK if f"parts/{name}" == STUCK else ""
        folder.asset(f"parts/{name}", "deps: [raw/numbers]\n", _HEAD + stuck + _PART)
    deps = ", ".join(f"parts/{name}" for name in PARTS)
    added = "".join(
        f"values.append(json.loads((DATA / '{name}.json').read_text()))\n" for name in PARTS
    )
    total = f"values = []\n{added}write('total', sum(values))\n"
    folder.asset("marts/total", f"deps: [{deps}]\n", _HEAD + total)
    _others(folder)
    return folder


def _others(folder: Folder) -> None:
    """What is run on its own: in a pool, in part, failing, and until it is cancelled."""
    for number in range(4):
        folder.asset(f"pooled/q{number}", "pool: warehouse\n", _HEAD + _POOLED)
    some = "can_subset: true\nassets: {a: {checks: {good: {}}}, b: {checks: {other: {}}}}\n"
    folder.asset("odd/some", some, _SOME)
    folder.asset("odd/bad", "", "raise SystemExit('no luck')\n")
    folder.asset("odd/below", "deps: [odd/bad]\n", f"{_HEAD}write('below', 1)\n")
    folder.asset("odd/long", "retry_policy: {max_retries: 3}\n", _HEAD + _LONG)
