"""Case r: what is shown of a project, against reading and compiling it: CPU time, that of git
included."""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.processes import median_ratio, progress
from benchmarks.report import Result, at_most
from pipes_projects import Picture, compile_sources, picture_sources, read_sources
from pipes_projects.catalog.imprint import Imprint
from pipes_projects.catalog.making import catalog_of
from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import find_layout
from pipes_projects.project_folder.difference import compare_commits
from pipes_projects.project_folder.picture import picture_layout
from pipes_projects.render.diff.text import render_text
from pipes_projects.render.graph.dot import render_dot
from pipes_projects.render.graph.drawing import draw


def pictures(bench: Bench) -> Iterator[Result]:
    some = bench.sizes.some
    found = _ratio(bench, "picture", bench.ours(some))
    yield Result("r", f"time to compile {some:,} with all origins / without", found, at_most(1.5))
    many = bench.sizes.drawn
    found = _ratio(bench, "graph", bench.ours(many), runs=3)
    yield Result("r", f"time to compile {many:,} and draw them / compile them", found, at_most(1.5))
    listed = bench.sizes.listed
    found = _ratio(bench, "diff", bench.ours_differing(listed))
    what = f"time to compare {listed:,}, 10 changed, with their commit / compile them"
    yield Result("r", what, found, at_most(2.2))
    found = _ratio(bench, "catalog", bench.ours(listed), runs=3)
    what = f"time to compile {listed:,} and write their catalog / compile them"
    yield Result("r", what, found, at_most(3))


def _ratio(bench: Bench, what: str, folder: Path, runs: int = 5) -> float:
    command = (sys.executable, "-m", "benchmarks.cases.seeing", what, str(folder))
    pairs = []
    for number in range(1, (runs := bench.runner.runs or runs) + 1):
        progress(f"r: {what}: run {number} of {runs}")
        shown, compiled = json.loads(bench.runner.run(command).output)
        pairs.append((shown, compiled))
    return median_ratio(pairs)


def _picture(folder: Path) -> Picture:
    picture = picture_sources(read_sources(folder))
    for shown in picture.assets:
        assert shown.values
    return picture


def _graph(folder: Path) -> str:
    return render_dot(draw(picture_sources(read_sources(folder))))


def _difference(folder: Path) -> str:
    found = compare_commits(find_layout(folder), "HEAD", None).difference
    assert found
    return render_text(found)


def _catalog(folder: Path) -> str:
    layout, contract = find_layout(folder), built_in_contract()
    page = catalog_of(layout, Imprint(folder.name, "", 0), picture_layout(layout), contract)
    assert len(page) < 1_000_000
    return page


SHOWING: dict[str, Callable[[Path], object]] = {
    "picture": _picture,
    "graph": _graph,
    "diff": _difference,
    "catalog": _catalog,
}


def measure(what: str, folder: Path) -> tuple[float, float]:
    """Seconds to show a project, and to compile it only."""
    gc.disable()  # as commands do
    some = read_sources(folder)
    compile_sources(some._replace(manifests=some.manifests[:10]))  # builds the models
    start = _seconds()
    compile_sources(read_sources(folder))
    compiled = _seconds()
    SHOWING[what](folder)
    return _seconds() - compiled, compiled - start


def _seconds() -> float:
    """Of this process, and of those that it has started and that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
