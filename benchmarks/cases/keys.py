"""Case f: writing the keys that editors complete, against compiling the project."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most
from pipes_projects.layout import Layout
from pipes_projects.project_folder import compile_project
from pipes_projects.schema.asset_keys import write_keys


def writing(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.listed
    command = (sys.executable, "-m", "benchmarks.cases.keys", str(bench.ours(count)))
    pairs = []
    for number in range(1, (runs := bench.runner.runs or 7) + 1):
        progress(f"f: keys of {count:,}: run {number} of {runs}")
        written, compiled = json.loads(bench.runner.run(command).output)
        pairs.append((written, compiled))
    what = f"time to write the keys of {count:,} / to compile them"
    yield Result("f", what, median_ratio(pairs), at_most(0.1))


def measure(folder: Path) -> tuple[float, float]:
    """Seconds to write the file, when there is none, and to compile."""
    layout = Layout(folder)
    layout.asset_keys.unlink(missing_ok=True)
    start = perf_counter()
    project = compile_project(folder).project
    compiled = perf_counter()
    write_keys(layout, project)
    return perf_counter() - compiled, compiled - start


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
