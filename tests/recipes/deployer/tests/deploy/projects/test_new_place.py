"""A project is shipped to a place that somebody added."""

from pathlib import Path

import pytest

from pipes_projects.deploy.collect import Keep
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.up import roll_back, up
from tests.support.deployments import ends
from tests.support.deployments.deployed import Deployed
from tests.support.servers.storages import Storages

RETURNS = "defs/sales/returns.py"


def test_a_version_and_the_one_before_it(tmp_path: Path, storages: Storages) -> None:
    at = storages.fresh("sqlite").at
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({at!r})\n"
    deployed = Deployed(tmp_path / "project", text)
    up(deployed.site())
    deployed.change(RETURNS, "print('new')\n")
    assert up(deployed.site()).plan.of("changed")[0].script == RETURNS
    back = roll_back(deployed.site(), 1).ledger
    assert back
    bundle = f"store/{back.ships[RETURNS].hash[:16]}"
    assert deployed.site().storage.read(f"{bundle}/{RETURNS}") == b"print('hello')\n"
    assert not [item for item in deployed.collect(Keep(1, -1)) if item.failure]


def test_one_of_many_puts_a_file(storages: Storages) -> None:
    assert ends.winners(storages.fresh("sqlite"), number=3, rounds=5, length=1000) == [1] * 5


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    storage = open_storage(f"sqlite://{tmp_path}/nowhere/code.db", tmp_path)
    with pytest.raises(DeployError, match="cannot be used: unable to open database file"):
        storage.create("a", b"")
