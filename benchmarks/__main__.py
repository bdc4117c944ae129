"""`python -m benchmarks`: runs the cases, prints their table, exits 1 if a target is missed."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench import QUICK, Bench, Sizes
from benchmarks.cases import (
    closures,
    commands,
    completion,
    hostile,
    keys,
    loading,
    recompiling,
    seeing,
    visiting,
)
from benchmarks.processes import ROOT, BenchmarkError, Runner, environment
from benchmarks.projects.dg_project import write_user_settings
from benchmarks.report import HEAD, Result, row, write_table
from benchmarks.runs import kinds, masking, scripts, shipping, step_start, terminal

README = ROOT / "README.md"
CASES: dict[str, Callable[[Bench], Iterator[Result]]] = {
    "a": loading.ours_and_by_hand,
    "b": loading.dg_and_ours,
    "c": commands.check,
    "d": commands.version,
    "e": loading.quarantine,
    "f": keys.writing,
    "g": completion.in_deps,
    "h": recompiling.after_a_change,
    "i": hostile.manifests,
    "j": loading.params,
    "k": scripts.around,
    "l": scripts.messages,
    "m": masking.of_secrets,
    "n": terminal.one_script,
    "o": closures.of_scripts,
    "p": step_start.of_many,
    "q": shipping.of_a_few_changes,
    "r": seeing.pictures,
    "s": kinds.query,
    "t": kinds.of_packages,
    "u": visiting.visits,
}


def main() -> int:
    options = _options()
    try:
        with tempfile.TemporaryDirectory(prefix="pipes-projects-bench-") as folder:
            rows = _run(options.only, _bench(Path(folder), options), judged=not options.quick)
    except BenchmarkError as failure:
        print(failure, file=sys.stderr)
        return 1
    if options.readme:
        write_table(README, [text for text, _ in rows])
    return 0 if all(kept for _, kept in rows) or options.quick else 1


def _run(cases: list[str], bench: Bench, judged: bool) -> list[tuple[str, bool]]:
    """Prints each row as soon as it is known; returns the rows, and whether each met its target."""
    rows = []
    print(HEAD, flush=True)
    for result in (result for case in cases for result in CASES[case](bench)):
        rows.append((row(result, judged), result.kept))
        print(rows[-1][0], flush=True)
    return rows


def _bench(folder: Path, options: argparse.Namespace) -> Bench:
    settings = write_user_settings(folder / "dg.toml")
    runs = options.runs or (1 if options.quick else None)
    runner = Runner(
        environment(DG_CLI_CONFIG=str(settings), XDG_CACHE_HOME=str(folder / "cache")), runs
    )
    return Bench(folder, runner, QUICK if options.quick else Sizes())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what loading and checking costs, as ratios taken in one run, and how "
        "long editors take, in seconds. Cases: "
        "a = loading, against definitions by hand; b = loading, against dg's folder loading; "
        "c = the check command; d = --version; e = loading, with a manifest in quarantine; "
        "f = the keys for editors, against compiling; g = completing them, in seconds; "
        "h = compiling again after a change of one manifest; "
        "i = checking manifests that are made to take long, in seconds; "
        "j = loading, with three params each; "
        "k = running scripts, around them, against Dagster's own client; "
        "l = log messages of a script; "
        "m = masking secrets in what a script prints; "
        "n = running one script without Dagster, against Dagster; "
        "o = code versions of scripts that import helpers, against loading; "
        "p = a step's process, in a project of many assets and in one of few; "
        "q = shipping scripts after a few changes, against checking them, and in requests; "
        "r = the picture of a project, its graph, its diff and its catalog, against compiling; "
        "s = a query, against the same in Python; t = ten kinds of packages, against none; "
        "u = visiting a catalog in Chromium, in seconds.",
    )
    parser.add_argument("--only", type=_cases, default=[*CASES], help="cases, as in a,c")
    parser.add_argument("--runs", type=_positive, help="pairs of runs, instead of each case's own")
    parser.add_argument(
        "--quick", action="store_true", help="small and once, and nothing is judged"
    )
    parser.add_argument(
        "--readme", action="store_true", help="put the table into README.md: every case, judged"
    )
    options = parser.parse_args()
    if options.readme and (options.quick or options.only != [*CASES]):
        parser.error("--readme takes all cases, as they are judged")
    return options


def _cases(text: str) -> list[str]:
    cases = text.split(",")
    if unknown := [case for case in cases if case not in CASES]:
        raise argparse.ArgumentTypeError(f"no such case: {', '.join(unknown)}")
    return cases


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
