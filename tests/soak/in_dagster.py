"""Runs in Dagster's server are ended: cancelled in the UI, and by signals to their processes."""

import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import psutil

from tests.soak.hosts import survivors
from tests.support.dagster.served import Server, served
from tests.support.processes.trees import TREES, WITNESS

MARK = "soak-in-dagster"
DEFINITIONS = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"
SIGNALS = {"terminate": signal.SIGTERM, "kill": signal.SIGKILL}
WAYS = ("cancel in the UI", "terminate the step", "kill the step", "terminate the run worker",
        "kill the run worker")  # fmt: skip


def soak(number: int) -> int:
    """Prints what came of each way; how many processes were left."""
    chance, tried, left = random.Random(20261128), Counter[str](), Counter[str]()
    statuses = Counter[tuple[str, str]]()
    with TemporaryDirectory() as name, served(project(Path(name)), Path(name, "home")) as server:
        for count in range(number):
            way, tree = WAYS[count % len(WAYS)], chance.choice(list(TREES))
            status, outlived = attempt(server, way, tree, chance.uniform(0, 2))
            tried[way] += 1
            left[way] += outlived
            statuses[way, status] += 1
    for way in WAYS:
        ends = ", ".join(f"{status} {n}" for (of, status), n in statuses.items() if of == way)
        sys.stdout.write(f"{way}: {tried[way]} times, {left[way]} processes left; runs: {ends}\n")
    return left.total()


def project(folder: Path) -> Path:
    """A definitions file beside manifests of all trees."""
    (folder / "defs/trees").mkdir(parents=True)
    for tree, script in TREES.items():
        stem = folder / "defs/trees" / tree.replace(" ", "_")
        stem.with_suffix(".py").write_text(dedent(script), "utf-8")
        stem.with_suffix(".yaml").write_text(
            f"subprocess: {{env: {{{WITNESS}: {MARK}}}}}\ngrace: 0.5\n", "utf-8"
        )
    definitions = folder / "definitions.py"
    definitions.write_text(DEFINITIONS, "utf-8")
    return definitions


def attempt(server: Server, way: str, tree: str, moment: float) -> tuple[str, int]:
    """End a run some time after its step began; its status, and how many processes outlive it."""
    run = server.launch(f"trees/{tree.replace(' ', '_')}")
    until = time.monotonic() + 60
    while not server.steps() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(moment * 3)
    steps = server.steps()
    end(server, way, run)
    status = server.ended(run, 5 if "worker" in way else 60)
    psutil.wait_procs(steps, timeout=20)  # one that has only begun could start its script later
    left = survivors(MARK)
    for worker in server.workers():  # of a run that only Dagster's daemon would find ended
        worker.kill()
    return status, len(left)


def end(server: Server, way: str, run: str) -> None:
    """As the name of the way says."""
    if way.startswith("cancel"):
        server.cancel(run)
        return
    processes = server.workers() if way.endswith("worker") else server.steps()
    for process in processes:
        try:
            process.send_signal(SIGNALS[way.split(maxsplit=1)[0]])
        except psutil.NoSuchProcess:
            continue
