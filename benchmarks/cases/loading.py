"""Cases a, b and e: from files to Dagster's snapshot, against hand-written definitions, against
`dg`, and with a manifest in quarantine against without."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import BenchmarkError, Runner, median_ratio
from benchmarks.report import Result, at_least, at_most

LETTERS = "letters of description"
WHAT_DG_HAS_TOO = ("assets", "deps", "owners", "tags and kinds")


@dataclass(frozen=True)
class Load:
    """The cost of loading a project, measured by the process that did it."""

    seconds: float
    peak: int
    facts: dict[str, int]


Pairs = list[tuple[Load, Load]]


def ours_and_by_hand(bench: Bench) -> Iterator[Result]:
    yield from _ours_and_by_hand(bench, bench.sizes.some, runs=9)
    yield from _ours_and_by_hand(bench, bench.sizes.many, runs=3)


def dg_and_ours(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.few
    first = _loader(bench.runner, "dg", bench.dg(count))
    second = _loader(bench.runner, "ours", bench.ours(count))
    pairs = bench.runner.pairs(f"b: load {count:,}, dg and ours", 5, first, second)
    _demand_equal(pairs[0], WHAT_DG_HAS_TOO)
    yield Result("b", f"time to load {count:,}: `dg` / ours", _times(pairs), at_least(6))


def quarantine(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.some
    first = _loader(bench.runner, "ours", bench.ours_in_quarantine(count))
    second = _loader(bench.runner, "ours", bench.ours(count))
    pairs = bench.runner.pairs(f"e: load {count:,}, one in quarantine, and none", 21, first, second)
    _demand_equal(pairs[0], ("assets", "deps"))
    what = f"time to load {count:,}: one in quarantine / none"
    yield Result("e", what, _times(pairs), at_most(1.05))


def params(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.some
    first = _loader(bench.runner, "ours", bench.ours_with_params(count))
    second = _loader(bench.runner, "ours", bench.ours(count))
    pairs = bench.runner.pairs(
        f"j: load {count:,}, with three params each, and none", 9, first, second
    )
    _demand_equal(pairs[0], ("assets", "deps"))
    what = f"time to load {count:,}: three params each / none"
    yield Result("j", what, _times(pairs), at_most(1.1))


def _ours_and_by_hand(bench: Bench, count: int, runs: int) -> Iterator[Result]:
    first = _loader(bench.runner, "ours", bench.ours(count))
    second = _loader(bench.runner, "by-hand", bench.by_hand(count))
    pairs = bench.runner.pairs(f"a: load {count:,}, ours and by hand", runs, first, second)
    _demand_equal(pairs[0], (*pairs[0][1].facts,))
    peaks = median_ratio((one.peak, other.peak) for one, other in pairs)
    yield Result("a", f"time to load {count:,}: ours / by hand", _times(pairs), at_most(0.66))
    yield Result("a", f"peak memory for that, {count:,}: ours / by hand", peaks, at_most(1.1))


def _times(pairs: Pairs) -> float:
    return median_ratio((one.seconds, other.seconds) for one, other in pairs)


def _loader(runner: Runner, side: str, folder: Path) -> Callable[[], Load]:
    command = (sys.executable, "-m", "benchmarks.projects.load", side, str(folder))
    return lambda: Load(**json.loads(runner.run(command).output))


def _demand_equal(pair: tuple[Load, Load], names: tuple[str, ...]) -> None:
    """The ratio between different amounts of work would mean nothing."""
    for name in names:
        one, other = (load.facts.get(name, 0) for load in pair)
        leeway = other // 50 if name == LETTERS else 0
        if abs(one - other) > leeway:
            raise BenchmarkError(
                f"the two sides do not carry the same: {name}: {one:,} and {other:,}"
            )
