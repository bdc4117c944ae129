"""Case i: how long `check` takes for manifests designed to be slow, and how that grows."""

import gc
import json
import resource
import sys
from collections.abc import Iterator
from math import log
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.processes import progress
from benchmarks.projects.shapes import IN_ONE_FILE, SHAPES, compiled, largest
from benchmarks.report import Result, Target, seconds
from pipes_projects.disk.files import MAX_BYTES
from pipes_projects.render.findings.text import render
from pipes_projects.render.report import Checked, Report

GROWN = 4
FILES = 4_000


def manifests(bench: Bench) -> Iterator[Result]:
    exponents, memory = [], []
    for name in SHAPES:
        progress(f"i: {name}")
        small, _, _ = _measured(bench, name, 1)
        large, megabytes, size = _measured(bench, name, GROWN)
        exponents.append(exponent := log(max(large, 0.01) / max(small, 0.01), GROWN))
        memory.append(megabytes)
        what = f"{name}: {size // 1024} KB, {megabytes:.0f} MB, grows with exponent {exponent:.1f}"
        yield Result("i", what, large, seconds(2))
    yield Result("i", "the highest exponent of these", max(exponents), Target("at most", 1.5, ""))
    yield Result("i", "the highest memory use of these", max(memory), Target("at most", 500, " MB"))


def _measured(bench: Bench, name: str, size: int) -> list[float]:
    command = (sys.executable, "-m", "benchmarks.cases.hostile", name, str(size))
    found: list[float] = json.loads(bench.runner.run(command).output)
    return found


def measure(name: str, size: int) -> tuple[float, float, int]:
    """Seconds to compile and show, peak memory in MB, and the size of the text."""
    shape = SHAPES[name]
    is_one = name in IN_ONE_FILE
    texts = largest(shape, MAX_BYTES * size // GROWN) if is_one else shape(FILES * size // GROWN)
    compiled(shape(2))
    gc.disable()  # as commands do
    start = perf_counter()
    render(Report((Checked(compiled(texts)),)))
    taken = perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return taken, most, sum(map(len, texts.values()))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
