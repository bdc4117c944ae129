"""Case p: a step's process, in a project with many assets and in one with few."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import Runner, median_ratio
from benchmarks.report import Result, at_most

_FEW = 10


def of_many(bench: Bench) -> Iterator[Result]:
    """The CPU time of the process and its script, which is the same on both sides."""
    many = bench.sizes.many
    sides = (_cpu(bench.runner, bench.ours(count)) for count in (many, _FEW))
    pairs = bench.runner.pairs(f"p: a step of {many:,} assets, and of {_FEW}", 3, *sides)
    what = f"CPU time of a step's process: of {many:,} assets / of {_FEW}"
    yield Result("p", what, median_ratio(pairs), at_most(1.5))


def _cpu(runner: Runner, folder: Path) -> Callable[[], float]:
    command = (sys.executable, "-m", "benchmarks.runs.one_step", str(folder))

    def measure() -> float:
        seconds: float = json.loads(runner.run(command).output.splitlines()[-1])
        return seconds

    return measure
