"""The host of a script is ended, or the supervisor between them."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from uuid import uuid4

import psutil

from tests.support.processes.scripts import marked, python
from tests.support.processes.trees import HOST, TREES, WITNESS

WAYS = ("kill the host", "terminate the host", "interrupt the host", "kill the supervisor")
ROOT = str(Path(__file__).parents[2])


def soak(number: int) -> int:
    """Prints what came of each way; how many processes were left."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    chance, tried, left = random.Random(20261128), Counter[str](), Counter[str]()
    for _ in range(number):
        way, tree = chance.choice(WAYS), chance.choice(list(TREES))
        tried[way] += 1
        left[way] += attempt(way, tree, chance.uniform(0, 1.5))
    for way in WAYS:
        sys.stdout.write(f"{way}: {tried[way]} times, {left[way]} processes left\n")
    return left.total()


def attempt(way: str, tree: str, moment: float) -> int:
    """End a tree at a moment; how many processes outlive it."""
    witness = uuid4().hex
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "host").mkdir()
        words = [*python(folder / "host", HOST), *python(folder, TREES[tree])]
        env = {**os.environ, WITNESS: witness, "PYTHONPATH": ROOT}
        host = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=DEVNULL)
        time.sleep(moment)
        end(host, way)
        host.communicate(timeout=60)
        return len(survivors(witness))


def end(host: subprocess.Popen[bytes], way: str) -> None:
    """As the name of the way says; a supervisor may not be there yet."""
    if way == "kill the supervisor":
        programs = psutil.Process(host.pid).children()
        supervisors = [child for program in programs for child in program.children()]
        for process in supervisors:
            process.kill()
        if not supervisors:
            host.kill()
    else:
        signals = {"kill": signal.SIGKILL, "terminate": signal.SIGTERM, "interrupt": signal.SIGINT}
        host.send_signal(signals[way.split(maxsplit=1)[0]])


def survivors(witness: str) -> list[psutil.Process]:
    """Those of a mark that are there for longer than it takes to end them."""
    until = time.monotonic() + 15
    while (left := marked(WITNESS, witness)) and time.monotonic() < until:
        time.sleep(0.05)
    for process in left:
        process.kill()
    return left
