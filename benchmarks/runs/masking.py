"""Case m: a script that prints 100 MB, with masked secrets against without."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio
from benchmarks.report import Result, at_most
from benchmarks.runs.projects import PRINTING, SECRETS
from pipes_projects.running.output import to_descriptor
from pipes_projects.running.process import Command
from pipes_projects.running.session import Ended, Job, run

_LINE = len(PRINTING.split('"')[1].format(number=0)) + 1


def of_secrets(bench: Bench) -> Iterator[Result]:
    megabytes = bench.sizes.megabytes
    script = bench.folder / "printing.py"
    script.write_text(PRINTING.replace("COUNT", str(megabytes * 1_000_000 // _LINE)), "utf-8")
    sides = (_printing(script, tuple(SECRETS.values())), _printing(script, ()))
    pairs = bench.runner.pairs(f"m: print {megabytes} MB, masked and not", 5, *sides)
    what = f"time to print {megabytes} MB: with {len(SECRETS)} secrets / without"
    yield Result("m", what, median_ratio(pairs), at_most(1.3))


def _printing(script: Path, secrets: tuple[str, ...]) -> Callable[[], float]:
    def measure() -> float:
        with open(os.devnull, "wb") as nowhere:
            write = to_descriptor(nowhere.fileno())
            command = Command((sys.executable, str(script)), dict(os.environ), str(script.parent))
            start = time.perf_counter()
            *_, last = run(Job(command, {}, (write, write), secrets))
            seconds = time.perf_counter() - start
        assert isinstance(last, Ended)
        assert last.ending.code == 0
        return seconds

    return measure
