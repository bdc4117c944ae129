"""What a step asks of a server: where its version's scripts are, and for a copy the first time."""

from pathlib import Path

import pytest

from benchmarks.runs.shipping import counting
from pipes_projects.deploy.deployed.finding import Pin, deployer_of, newest, pinned
from pipes_projects.deploy.up import up
from pipes_projects.layout import find_layout
from tests.support.deployments.deployed import Deployed
from tests.support.servers.storages import Storages

ORDERS = "defs/sales/orders.py"
PIN = Pin("main", "main", 1)


def test_a_step_asks_once_more_than_for_its_copy(
    tmp_path: Path, storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    where = storages.fresh("s3")
    text = f"from pipes_projects.deploy import ship_to\n\ndev = ship_to({where.at!r}, options="
    deployed = Deployed(tmp_path / "project", f"{text}{where.options!r})\n")
    up(deployed.site())
    layout = find_layout(deployed.root)
    deployer = deployer_of(layout, "dev")
    with counting() as asked:
        newest(layout, deployer, {})
        assert len(asked) == 2, "the code server: a list, and a ledger"
        asked.clear()
        copy = pinned(layout, deployer, PIN).copy(ORDERS)
        assert copy.file.is_file()
        assert len(asked) == 1 + len(("", "defs", "defs/sales")) + len((ORDERS, "_prices.py"))
        asked.clear()
        assert pinned(layout, deployer, PIN).copy(ORDERS) == copy
        assert [request.rpartition("/")[2] for request in asked] == ["000001.json"]
