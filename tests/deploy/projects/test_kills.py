"""Whatever ends or meets an `up` of a project: readers find a version that is whole, and the next
one finishes."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipes_projects.deploy.collect import Keep, collect
from pipes_projects.deploy.shipping.bundles import bundles_of
from pipes_projects.deploy.up import up
from tests.support.deployments.deployed import Deployed
from tests.support.deployments.deploying import Watched, start

RETURNS = "defs/sales/returns.py"


def again(root: Path) -> Deployed:
    """The same project, in another process."""
    found = Deployed.__new__(Deployed)
    found.root = root
    return found


def ship(root: Path, after: int) -> None:
    """An `up` that is killed after so many writes, if it has as many."""
    site = again(root).site()
    up(replace(site, storage=Watched(site.storage, after, signal.SIGKILL)))


def clear(root: Path, after: int) -> None:
    """A `gc`, likewise."""
    site = again(root).site()
    watched = replace(site, storage=Watched(site.storage, after, signal.SIGKILL))
    collect(watched, lambda: frozenset({"main"}), Keep(1, -1))


def read(deployed: Deployed) -> str:
    """What the version that counts has of a script, after a look at all of its files."""
    ledger = deployed.site().current()
    assert ledger is not None
    for shipped in ledger.ships.values():
        folder = deployed.shipped / "store" / shipped.hash[:16]
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert found == set(shipped.parts)
    return Path(str(ledger.ships[RETURNS].location)).read_text()


def kills() -> Iterator[int]:
    return iter(range(1, 40, 2))


@pytest.fixture
def deployed(tmp_path: Path) -> Deployed:
    made = Deployed(tmp_path / "project")
    made.write(RETURNS, "x = 0\n")
    up(made.site())
    return made


def test_an_up_that_is_killed_after_any_write_leaves_the_version_before(
    deployed: Deployed,
) -> None:
    for after in kills():
        before = read(deployed)
        deployed.write(RETURNS, f"x = {after}\n")
        deployed.write("defs/sales/_prices.py", f"ALL = {after}\n")
        process = start(ship, deployed.root, after)
        process.join()
        now = read(deployed)
        assert now in (before, f"x = {after}\n")
        if process.exitcode == 0:
            break
        up(deployed.site())
        assert read(deployed) == f"x = {after}\n"
    assert process.exitcode == 0
    assert after > 5


def test_a_gc_that_is_killed_after_any_write_takes_nothing_that_counts(
    deployed: Deployed,
) -> None:
    for after in kills():
        for text in ("old", "new"):
            deployed.write(RETURNS, f"x = '{text}{after}'\n")
            up(deployed.site())
        process = start(clear, deployed.root, after)
        process.join()
        assert read(deployed) == f"x = 'new{after}'\n"
        if process.exitcode == 0:
            break
    assert process.exitcode == 0
    assert not [item for item in deployed.collect(Keep(1, -1)) if item.failure]
    ledger = deployed.site().current()
    assert ledger is not None
    assert {folder.name for folder in (deployed.shipped / "store").iterdir()} == {
        shipped.hash[:16] for shipped in ledger.ships.values()
    }


def test_several_at_once_make_one_version_after_the_other(deployed: Deployed) -> None:
    deployed.write(RETURNS, "x = 'all'\n")
    processes = [start(ship, deployed.root, 10_000) for _ in range(4)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    ledger = deployed.site().current()
    assert ledger is not None
    assert ledger.number == 2
    bundle = bundles_of(deployed.site().project, deployed.root)[RETURNS]
    assert ledger.ships[RETURNS].hash == bundle.hash
    assert read(deployed) == "x = 'all'\n"
