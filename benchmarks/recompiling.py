"""Case h: compiling a project again of which one text has changed, against compiling it anew."""

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most
from pipes_projects import Memory, SourceFile, Sources, compile_sources, read_sources


def after_a_change(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.listed
    command = (sys.executable, "-m", "benchmarks.recompiling", str(bench.ours(count)))
    pairs = []
    for number in range(1, (runs := bench.runner.runs or 7) + 1):
        progress(f"h: compiling {count:,} again: run {number} of {runs}")
        again, anew = json.loads(bench.runner.run(command).output)
        pairs.append((again, anew))
    what = f"time to compile {count:,} again, 1 changed / to compile them"
    yield Result("h", what, median_ratio(pairs), at_most(0.15))


def measure(folder: Path) -> tuple[float, float]:
    """Seconds to compile again after a change, with what was remembered, and the first time."""
    gc.disable()  # as the commands do
    memory, sources = Memory(), read_sources(folder)
    compile_sources(sources._replace(manifests=sources.manifests[:10]))  # builds the models
    start = perf_counter()
    compile_sources(sources, memory=memory)
    anew, changed = perf_counter() - start, _changed(sources)
    start = perf_counter()
    compile_sources(changed, memory=memory)
    return perf_counter() - start, anew


def _changed(sources: Sources) -> Sources:
    """The texts as if read again, the one in the middle with a line more."""
    texts = [SourceFile(it.path, it.text) for it in sources.manifests]
    middle = texts[len(texts) // 2]
    texts[len(texts) // 2] = SourceFile(middle.path, f"{middle.text}code_version: v2\n")
    return sources._replace(manifests=tuple(texts))


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
