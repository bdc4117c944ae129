"""Case q: what is shown of a project, against reading and compiling it: CPU time in one process."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most
from pipes_projects import Picture, compile_sources, picture_sources, read_sources


def pictures(bench: Bench) -> Iterator[Result]:
    some = bench.sizes.some
    found = _ratio(bench, "picture", bench.ours(some))
    yield Result("q", f"time to compile {some:,} with all origins / without", found, at_most(1.5))


def _ratio(bench: Bench, what: str, folder: Path) -> float:
    command = (sys.executable, "-m", "benchmarks.seeing", what, str(folder))
    pairs = []
    for number in range(1, (runs := bench.runner.runs or 5) + 1):
        progress(f"q: {what}: run {number} of {runs}")
        shown, compiled = json.loads(bench.runner.run(command).output)
        pairs.append((shown, compiled))
    return median_ratio(pairs)


def _picture(folder: Path) -> Picture:
    picture = picture_sources(read_sources(folder))
    for shown in picture.assets:
        assert shown.values
    return picture


SHOWING: dict[str, Callable[[Path], object]] = {"picture": _picture}


def measure(what: str, folder: Path) -> tuple[float, float]:
    """Seconds to show a project, and to compile it only."""
    gc.disable()  # as commands do
    some = read_sources(folder)
    compile_sources(some._replace(manifests=some.manifests[:10]))  # builds the models
    start = process_time()
    compile_sources(read_sources(folder))
    compiled = process_time()
    SHOWING[what](folder)
    return process_time() - compiled, compiled - start


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
