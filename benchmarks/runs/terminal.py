"""Case n: one trivial script, run with and without Dagster, as whole processes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import Command, installed, median_ratio
from benchmarks.report import Result, at_most

DEFINITIONS = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"
RUNS = 7


def one_script(bench: Bench) -> Iterator[Result]:
    folder = _project(bench.folder / "one-script")
    here = (*_ours(), "run", 'key:"g/a"', str(folder))
    there = _by_dagster(folder)
    title = "`run` of one trivial script / `dagster asset materialize`"
    bench.runner.run(here), bench.runner.run(there)  # unmeasured: compiles the modules
    pairs = bench.runner.pairs(
        f"n: {title}",
        RUNS,
        lambda: bench.runner.run(here).seconds,
        lambda: bench.runner.run(there).seconds,
    )
    yield Result("n", title, median_ratio(pairs), at_most(0.15))


def _project(folder: Path) -> Path:
    group = folder / "defs/g"
    group.mkdir(parents=True)
    (folder / "definitions.py").write_text(DEFINITIONS)
    (group / "a.yaml").write_text("description: Made of nothing.\n")
    (group / "a.py").write_text("print('hello')\n")
    return folder


def _ours() -> Command:
    return installed("pipes-projects", instead=(sys.executable, "-m", "pipes_projects"))


def _by_dagster(folder: Path) -> Command:
    options = ("-f", str(folder / "definitions.py"), "-d", str(folder), "--select", "g/a")
    return (*installed("dagster"), "asset", "materialize", *options)
