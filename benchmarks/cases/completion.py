"""Case g: how long an author waits for asset keys in an editor that runs yaml-language-server."""

import statistics
from collections.abc import Iterator
from time import perf_counter

from benchmarks.bench import Bench
from benchmarks.processes import BenchmarkError, progress
from benchmarks.report import Result, seconds
from tests.editors.language_server import LanguageServer, language_server

EMPTY, BEGUN = "deps: [|]", "deps:\n  - sales/|"


def in_deps(bench: Bench) -> Iterator[Result]:
    count = bench.sizes.listed
    root = bench.ours_in_editors(count)
    waits = []
    for number in range(1, (runs := bench.runner.runs or 5) + 1):
        progress(f"g: completion among {count:,}: server {number} of {runs}")
        with language_server(root) as server:
            waits.append(_waits(server, count))
    first, later, begun = (statistics.median(times) for times in zip(*waits, strict=True))
    where = f"in `deps:` with {count:,} keys"
    yield Result("g", f"completion {where}", later, seconds(0.5))
    yield Result("g", f"completion {where}, of a word already started", begun, seconds(0.5))
    yield Result("g", f"first completion of an editor {where}", first, seconds(0.5))


def _waits(server: LanguageServer, count: int) -> tuple[float, float, float]:
    """For the first completion, which reads the schema, and later ones, each in its own file."""
    first = _wait(server, EMPTY, count)
    later, begun = (
        statistics.median(_wait(server, text, count) for _ in range(9)) for text in (EMPTY, BEGUN)
    )
    return first, later, begun


def _wait(server: LanguageServer, text: str, count: int) -> float:
    start = perf_counter()
    proposed = server.complete(text)
    taken = perf_counter() - start
    if len(proposed) < count:
        raise BenchmarkError(f"{len(proposed):,} keys were proposed instead of {count:,}")
    return taken
