"""Case u: how long a person waits for a catalog in Chromium, and for what they search in it."""

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Bench
from benchmarks.processes import progress
from benchmarks.report import Result, seconds
from tests.catalog.visitor import visiting

_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
_SEARCHED = """(async () => {
  const input = document.querySelector("input");
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  const type = (text) => {
    set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  };
  const waits = [];
  for (const text of ["a", "accounts_0012", "rebuilding 12", "owner:analytics", "nothing"]) {
    await type("");
    const start = performance.now();
    await type(text);
    waits.push((performance.now() - start) / 1000);
  }
  return waits;
})()"""


def visits(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.listed
    page = _catalog(bench, bench.ours(count))
    painted, searched = [], list[float]()
    for number in range(1, (runs := bench.runner.runs or 5) + 1):
        progress(f"u: a catalog of {count:,}: visit {number} of {runs}")
        paint, waits = _visit(page)
        painted.append(paint)
        searched += waits
    yield Result("u", f"first paint of a catalog of {count:,}", _median(painted), seconds(1))
    yield Result("u", f"search in a catalog of {count:,}", _median(searched), seconds(0.05))


def _catalog(bench: Bench, project: Path) -> Path:
    page = project.with_suffix(".html")
    command = ("-m", "pipes_projects", "catalog", "", str(project), "--output", str(page))
    bench.runner.run((sys.executable, *command))
    return page


def _visit(page: Path) -> tuple[float, list[float]]:
    """Seconds to the first paint, and to what each search shows; not in the first visit of a
    browser, which starts its processes."""
    with TemporaryDirectory() as folder, visiting(Path(folder)) as visitor:
        visitor.visit(page)
        visitor.visit(page)
        paint = float(visitor("evaluate", _PAINTED))
        visitor.look("tickets")
        return paint, [float(wait) for wait in visitor("evaluate", _SEARCHED)]


def _median(times: list[float]) -> float:
    return statistics.median(times)
