"""Case q: shipping a branch again after three changes. To a folder, against `check`, by the CPU
time of whole processes; to S3 (moto, on this machine), in requests, which do not grow with the
project.

`python -m benchmarks.runs.shipping PROJECT FOLDER` counts those.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.processes import BenchmarkError, Command, Runner, median_ratio, progress
from benchmarks.report import Result, Target, at_most

CHANGED = 3
_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com")
_PATIENCE = ("-c", "gc.auto=0")
_DEPLOY = (
    "from pipes_projects.deploy import ship_to\n\ndev = ship_to({at!r}, options={options!r})\n"
)


def of_a_few_changes(bench: Bench) -> Iterator[Result]:
    many, some = bench.sizes.many, bench.sizes.some
    what = f"CPU time of `deploy up` of {many:,}, {CHANGED} changed, to a folder / `check`"
    yield Result("q", what, _against_check(bench, many), at_most(1.5))
    progress(f"q: requests for {some:,}")
    words = (str(bench.ours_to_ship(some)), str(bench.folder))
    counted = json.loads(bench.runner.run(_module(*words)).output.splitlines()[-1])
    for name, about in (("changed", f"{CHANGED} changed"), ("branch", "a new branch off `main`")):
        what = f"requests to S3 of `deploy up` of {some:,}, {about}"
        yield Result("q", what, counted[name], Target("at most", 30, " requests"))


def _against_check(bench: Bench, count: int) -> float:
    folder = bench.ours_to_ship(count)
    write_deployer(folder, str(bench.folder / "shipped"))
    commit(folder)
    up, check = (_ours(*words, str(folder)) for words in (("deploy", "up", "dev"), ("check",)))
    bench.runner.run(up)
    bench.runner.run(check)

    def ship() -> float:
        change(folder)
        return _cpu(bench.runner, up)

    pairs = bench.runner.pairs("q: shipping", 5, ship, lambda: _cpu(bench.runner, check))
    return median_ratio(pairs)


def _cpu(runner: Runner, command: Command) -> float:
    """Seconds of a process, and of those that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    runner.run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ours(*words: str) -> Command:
    return (sys.executable, "-m", "pipes_projects", *words)


def _module(*words: str) -> Command:
    return (sys.executable, "-m", "benchmarks.runs.shipping", *words)


def write_deployer(folder: Path, at: str, options: dict[str, Any] | None = None) -> None:
    text = _DEPLOY.format(at=at, options=options or {})
    (folder / "deploy.py").write_text(text, encoding="utf-8")


def change(folder: Path) -> None:
    """Some scripts, each as it has never been."""
    scripts = sorted((folder / "defs").glob("*/[!_]*.py"))
    for path in scripts[:: len(scripts) // CHANGED][:CHANGED]:
        path.write_text(path.read_text("utf-8") + f"# {os.urandom(8).hex()}\n", encoding="utf-8")
    commit(folder)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "more")


def git(folder: Path, *words: str) -> None:
    subprocess.run((*_GIT, *_PATIENCE, *words), cwd=folder, check=True, stdout=subprocess.DEVNULL)


def counted(folder: Path, there: Path) -> dict[str, int]:
    """How many requests an `up` needs, after the first."""
    from tests.support.servers.storages import s3

    with s3(there) as where, counting() as asked:
        write_deployer(folder, where.at, dict(where.options))
        commit(folder)
        ship(folder)
        change(folder)
        changed = _requests(asked, lambda: ship(folder))
        git(folder, "switch", "--quiet", "--create", "feature/x")
        change(folder)
        return {"changed": changed, "branch": _requests(asked, lambda: ship(folder))}


def _requests(asked: list[str], work: Callable[[], None]) -> int:
    asked.clear()
    work()
    return len(asked)


def ship(folder: Path) -> None:
    """As the command does it."""
    from pipes_projects.deploy.branch.checkout import checkout_of
    from pipes_projects.deploy.owner.loading import deployers_of
    from pipes_projects.deploy.site import site_of
    from pipes_projects.deploy.up import up
    from pipes_projects.layout import find_layout
    from pipes_projects.project_folder import compile_project

    layout = find_layout(folder)
    deployer = deployers_of(folder, layout)["dev"]
    site = site_of(layout, compile_project(folder).project, deployer, checkout_of(folder, {}))
    if not up(site).is_new:
        raise BenchmarkError("nothing was shipped")


@contextmanager
def counting() -> Iterator[list[str]]:
    """All requests that are sent, also those that are sent again."""
    from aiobotocore.httpsession import AIOHTTPSession

    asked: list[str] = []
    send = AIOHTTPSession.send

    async def counted_send(self: Any, request: Any) -> Any:
        asked.append(f"{request.method} {request.url}")
        return await send(self, request)

    AIOHTTPSession.send = counted_send
    try:
        yield asked
    finally:
        AIOHTTPSession.send = send


if __name__ == "__main__":
    print(json.dumps(counted(Path(sys.argv[1]), Path(sys.argv[2]))))
