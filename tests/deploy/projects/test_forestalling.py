"""An `up` that is stopped right before it puts its version, loses its lock, and goes on after a
collection: nobody ever reads a version whose files are gone."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.collect import Keep
from pipes_projects.deploy.ledger.locks import break_lock, free_locks
from pipes_projects.deploy.up import up
from tests.support.deployments.deployed import Deployed
from tests.support.deployments.deploying import REFUSED, start
from tests.support.servers.storages import Storages, Where

RETURNS = "defs/sales/returns.py"
AT_ONCE = Keep(1, -1)


class Stopping:
    """A storage that stops this process before it puts a version."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)

    def create(self, path: str, data: bytes) -> bool:
        if path.startswith("deployments/"):
            os.kill(os.getpid(), signal.SIGSTOP)
        created: bool = self.storage.create(path, data)
        return created


def ship(root: Path, branch: str) -> None:
    deployed = Deployed.__new__(Deployed)
    deployed.root = root
    site = deployed.site(branch)
    up(replace(site, storage=Stopping(site.storage)))


def wait_until_stopped(pid: int) -> None:
    until = time.monotonic() + 60
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < until
        time.sleep(0.02)


def store(deployed: Deployed) -> set[str]:
    return {entry.name for entry in deployed.site().storage.entries("store")}


def needed(deployed: Deployed, branch: str) -> set[str]:
    """The bundles of the version that counts, all of which are there."""
    site = deployed.site(branch)
    ledger = site.current()
    assert ledger is not None
    for shipped in ledger.ships.values():
        for path in shipped.parts:
            assert site.storage.read(f"store/{shipped.hash[:16]}/{path}") is not None
    return {shipped.hash[:16] for shipped in ledger.ships.values()}


def test_what_was_collected_is_not_published(tmp_path: Path, where: Where) -> None:
    what_was_collected_is_not_published(tmp_path, where, "main", "nothing")


@pytest.mark.parametrize("meanwhile", ["nothing", "another up"])
def test_nor_is_the_first_version_of_a_branch(
    tmp_path: Path, storages: Storages, meanwhile: str
) -> None:
    what_was_collected_is_not_published(tmp_path, storages.fresh("folder"), "new", meanwhile)


def what_was_collected_is_not_published(
    tmp_path: Path, where: Where, branch: str, meanwhile: str
) -> None:
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    deployed = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    before = (deployed.root / RETURNS).read_text()
    up(deployed.site("main"))
    if branch == "new":
        deployed.switch("new")
    deployed.write(RETURNS, "print('only in the stopped one')\n")
    process = start(ship, deployed.root, branch)
    assert process.pid is not None
    try:
        wait_until_stopped(process.pid)
        assert len(store(deployed)) == 3
        assert break_lock(deployed.site().storage, branch)
        deployed.write(RETURNS, before)
        if meanwhile == "another up":
            up(deployed.site(branch))
        assert not [item for item in deployed.collect(AT_ONCE) if item.failure]
        assert len(store(deployed)) == 2
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.join(60)
    assert process.exitcode == REFUSED
    needed(deployed, branch)
    assert not any(lock.in_doubt for lock in free_locks(deployed.site().storage))
    numbers = deployed.site(branch).ledgers.numbers()
    deployed.collect(AT_ONCE)
    assert deployed.site(branch).ledgers.numbers()[-1] == numbers[-1]
    deployed.write(RETURNS, "print('only in the stopped one')\n")
    assert up(deployed.site(branch)).is_new
    assert needed(deployed, branch) <= store(deployed)
