"""Case o: computing what makes assets stale. The code versions of scripts that import modules of
the project, against loading the project, by CPU time in one process."""

import gc
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most


def of_scripts(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.many
    command = (
        sys.executable,
        "-m",
        "benchmarks.cases.closures",
        str(bench.ours_with_helpers(count)),
    )
    pairs = []
    for number in range(1, (runs := bench.runner.runs or 3) + 1):
        progress(f"o: code versions of {count:,}: run {number} of {runs}")
        versions, load = json.loads(bench.runner.run(command).output)
        pairs.append((versions, load))
    what = f"time to make the code versions of {count:,}, with all that they import / to load them"
    yield Result("o", what, median_ratio(pairs), at_most(0.3))


def measure(folder: Path) -> tuple[float, float]:
    """Seconds for all code versions, and for loading, which includes making them."""
    import dagster as dg
    from dagster._core.remote_representation.external_data import RepositorySnap

    from benchmarks.projects.load import import_definitions
    from pipes_projects.analysis.code_version.parts import CodeReader
    from pipes_projects.project_folder import compile_project

    warnings.simplefilter("ignore", dg.BetaWarning)
    start = process_time()
    RepositorySnap.from_def(import_definitions(folder).get_repository_def())
    load = process_time() - start
    scripts = compile_project(folder).project.scripts
    gc.collect()
    gc.disable()  # as while a project is loaded
    start = process_time()
    reader = CodeReader(folder)
    codes = [reader.code(script) for script in scripts]
    versions = process_time() - start
    assert all(len([part for part in code.parts if part.why == "import"]) == 2 for code in codes)
    return versions, load


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
