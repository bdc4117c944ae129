"""Case h: reading and compiling a project again after one manifest has changed, against doing so
for the first time."""

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most
from pipes_projects import Memory, compile_sources, read_sources


def after_a_change(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.listed
    command = (sys.executable, "-m", "benchmarks.cases.recompiling", str(bench.ours(count)))
    pairs = []
    for number in range(1, (runs := bench.runner.runs or 7) + 1):
        progress(f"h: compiling {count:,} again: run {number} of {runs}")
        again, anew = json.loads(bench.runner.run(command).output)
        pairs.append((again, anew))
    what = f"time to read and compile {count:,} again, 1 changed / for the first time"
    yield Result("h", what, median_ratio(pairs), at_most(0.15))


def measure(folder: Path) -> tuple[float, float]:
    """Seconds to read and compile after a change, with a warm cache, and for the first time."""
    gc.disable()  # as commands do
    some = read_sources(folder)
    compile_sources(some._replace(manifests=some.manifests[:10]))  # builds the models
    memory = Memory()
    anew = _compile(folder, memory)
    changed = folder / some.manifests[len(some.manifests) // 2].path
    text = changed.read_text("utf-8")
    changed.write_text(f"{text}code_version: v2\n", "utf-8")
    try:
        return _compile(folder, memory), anew
    finally:
        changed.write_text(text, "utf-8")


def _compile(folder: Path, memory: Memory) -> float:
    start = process_time()
    compile_sources(read_sources(folder), memory=memory)
    return process_time() - start


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
