"""Case k: overhead of fifty trivial scripts; case l: 100,000 messages of one. Ours, and by hand."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import Runner, median_ratio
from benchmarks.report import Result, at_most
from benchmarks.runs.projects import TALKATIVE, TRIVIAL, write_both


def around(bench: Bench) -> Iterator[Result]:
    """The scripts' own time is subtracted on both sides."""
    count = bench.sizes.scripts
    ours, by_hand = write_both(bench.folder / "trivial", count, TRIVIAL)
    sides = (_around(bench.runner, ours), _around(bench.runner, by_hand))
    pairs = bench.runner.pairs(f"k: run {count} scripts, ours and by hand", 5, *sides)
    what = f"time around {count} trivial scripts: ours / `PipesSubprocessClient` by hand"
    yield Result("k", what, median_ratio(pairs), at_most(1))


def messages(bench: Bench) -> Iterator[Result]:
    """The script's own time is included, because it and its host work side by side."""
    count = bench.sizes.messages
    script = TALKATIVE.replace("COUNT", str(count))
    ours, by_hand = write_both(bench.folder / "talkative", 1, script)
    sides = (_whole(bench.runner, ours), _whole(bench.runner, by_hand))
    pairs = bench.runner.pairs(f"l: {count:,} log messages, ours and by hand", 1, *sides)
    what = f"time to take {count:,} log messages: ours / `PipesSubprocessClient` by hand"
    yield Result("l", what, median_ratio(pairs), at_most(1))


def _around(runner: Runner, folder: Path) -> Callable[[], float]:
    def measure() -> float:
        times = _times(runner, folder)
        return times["around"] - times["alone"]

    return measure


def _whole(runner: Runner, folder: Path) -> Callable[[], float]:
    return lambda: _times(runner, folder)["around"]


def _times(runner: Runner, folder: Path) -> dict[str, float]:
    command = (sys.executable, "-m", "benchmarks.runs.materialize", str(folder))
    times: dict[str, float] = json.loads(runner.run(command).output.splitlines()[-1])
    return times
