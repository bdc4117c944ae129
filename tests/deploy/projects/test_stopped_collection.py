"""A collection that is stopped right before it removes a bundle, loses its lock, and goes on: what
was shipped meanwhile is whole, although it is just what the collection removes."""

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.branch.branches import branches_of
from pipes_projects.deploy.collect import collect
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.locks import COLLECTING, break_lock
from pipes_projects.deploy.shipping.bundles import folder_of
from pipes_projects.deploy.up import roll_back, up
from tests.deploy.projects.test_forestalling import AT_ONCE, RETURNS, wait_until_stopped
from tests.support.deployments.deployed import Deployed
from tests.support.deployments.deploying import start
from tests.support.servers.storages import Where


class Stopping:
    """A storage that stops this process once, before it removes a bundle."""

    def __init__(self, storage: Any) -> None:
        self.storage, self.is_over = storage, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)

    def remove(self, path: str) -> None:
        self._stop(path)
        self.storage.remove(path)

    def remove_files(self, paths: Sequence[str]) -> None:
        self._stop(*paths)
        self.storage.remove_files(paths)

    def _stop(self, *paths: str) -> None:
        if not self.is_over and any(path.startswith("store/") for path in paths):
            self.is_over = True
            os.kill(os.getpid(), signal.SIGSTOP)


def gather(root: Path) -> None:
    deployed = Deployed.__new__(Deployed)
    deployed.root = root
    site = deployed.site("main")
    collect(replace(site, storage=Stopping(site.storage)), lambda: branches_of(root), AT_ONCE)


@pytest.fixture
def deployed(tmp_path: Path, where: Where) -> Deployed:
    """The first version's bundle is needed by none."""
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    made = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    made.write(RETURNS, "print('again')\n")
    up(made.site("main"))
    made.write(RETURNS, "print('another')\n")
    up(made.site("main"))
    return made


def refuse_half(deployed: Deployed, ledger: Ledger | None) -> Ledger:
    """Every file of a version is there."""
    assert ledger is not None
    storage = deployed.site("main").storage
    for shipped in ledger.ships.values():
        for path in shipped.parts:
            folder = folder_of(shipped.hash, shipped.generation)
            assert storage.read(f"{folder}/{path}") is not None, path
    return ledger


def test_what_is_shipped_meanwhile_is_whole(deployed: Deployed) -> None:
    before = deployed.site("main").ledgers.numbers()
    process = start(gather, deployed.root)
    assert process.pid is not None
    try:
        wait_until_stopped(process.pid)
        assert break_lock(deployed.site().storage, COLLECTING)
        deployed.write(RETURNS, "print('again')\n")
        made = up(deployed.site("main")).ledger
    finally:
        os.kill(process.pid, signal.SIGCONT)
        process.join(60)
    assert before == [1, 2]
    assert refuse_half(deployed, made).number == 3
    assert deployed.site("main").current() == made
    assert not [item for item in deployed.collect(AT_ONCE) if item.failure]
    refuse_half(deployed, made)
    goes_on(deployed)


def goes_on(deployed: Deployed) -> None:
    """Later versions, and the way back, are as ever."""
    again = refuse_half(deployed, up(deployed.site("main")).ledger)
    deployed.write(RETURNS, "print('a third')\n")
    refuse_half(deployed, up(deployed.site("main")).ledger)
    back = refuse_half(deployed, roll_back(deployed.site("main"), again.number).ledger)
    assert back.rolled_back_to == again.number
    assert not [item for item in deployed.collect(AT_ONCE) if item.failure]
    refuse_half(deployed, back)
