"""Cases c and d: the command line as whole processes, from Python's start to its exit."""

import sys
from collections.abc import Callable, Iterator
from shutil import rmtree

from benchmarks.bench import Bench
from benchmarks.processes import NOTHING, Command, Runner, installed, median_ratio
from benchmarks.report import Result, Target, at_least, at_most

EMPTY = "`python -c pass`"


def check(bench: Bench) -> Iterator[Result]:
    some, many = bench.sizes.some, bench.sizes.many
    ours = (*_ours(), "check", str(bench.ours(some)))
    more = (*_ours(), "check", str(bench.ours(many)))
    dg = (*installed("dg"), "check", "yaml", "--target-path", str(bench.dg(some)))
    field = (*_ours(), "check", _with_a_contract(bench))
    what = f"`check` of {some:,}"
    yield _compare(bench, "c", f"{what} / {EMPTY}", (ours, NOTHING), runs=21, target=at_most(30))
    yield _compare_first(bench, f"{what}, for the first time / {EMPTY}", ours, at_most(65))
    yield _compare(
        bench, "c", f"`check` of {many:,} / {what}", (more, ours), runs=9, target=at_most(6)
    )
    yield _compare(
        bench, "c", f"`dg check yaml` of {some:,} / {what}", (dg, ours), runs=7, target=at_least(7)
    )
    all_of_it = (*_ours(), "check", str(bench.ours_changed(many)))
    changed = (*all_of_it, "--changed-since", "HEAD")
    title = f"`check --changed-since` of {many:,}, 3 changed / `check`"
    yield _compare(bench, "c", title, (changed, all_of_it), runs=15, target=at_most(1.05))
    title = f"{what}, with an added field / {EMPTY}"
    yield _compare(bench, "c", title, (field, NOTHING), runs=21, target=at_most(50))


def version(bench: Bench) -> Iterator[Result]:
    ours = (*_ours(), "--version")
    yield _compare(
        bench, "d", f"`--version` / {EMPTY}", (ours, NOTHING), runs=41, target=at_most(8)
    )


def _ours() -> Command:
    return installed("pipes-projects", instead=(sys.executable, "-m", "pipes_projects"))


def _with_a_contract(bench: Bench) -> str:
    folder = str(bench.ours_with_a_field(bench.sizes.some))
    bench.runner.run((*_ours(), "schema", folder))
    return folder


def _compare(
    bench: Bench,
    case: str,
    compared: str,
    commands: tuple[Command, Command],
    *,
    runs: int,
    target: Target,
) -> Result:
    first, second = (_timer(bench.runner, command) for command in commands)
    first(), second()  # unmeasured: afterwards, every module is compiled and in the page cache
    pairs = bench.runner.pairs(f"{case}: {compared}", runs, first, second)
    return Result(case, compared, median_ratio(pairs), target)


def _compare_first(bench: Bench, compared: str, command: Command, target: Target) -> Result:
    """With an empty Python, when nothing is known from an earlier run."""
    cache = bench.runner.environment["XDG_CACHE_HOME"]

    def first() -> float:
        rmtree(cache, ignore_errors=True)
        return bench.runner.run(command).seconds

    second = _timer(bench.runner, NOTHING)
    pairs = bench.runner.pairs(f"c: {compared}", 11, first, second)
    return Result("c", compared, median_ratio(pairs), target)


def _timer(runner: Runner, command: Command) -> Callable[[], float]:
    return lambda: runner.run(command).seconds
