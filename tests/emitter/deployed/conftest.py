"""A project whose scripts say which code they run, and what they are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployments.deployed import Deployed
from tests.support.repositories import commit
from tests.support.servers.storages import Storages

SCRIPT = """\
import os, sys
from dagster_pipes import open_dagster_pipes
import _prices

with open_dagster_pipes() as pipes:
    pipes.report_asset_materialization(metadata={
        "prices": _prices.ALL,
        "file": __file__,
        "folder": os.getcwd(),
        "args": sys.argv[1:],
        "schema": os.environ["SCHEMA"],
        "deployment": {"raw_value": pipes.get_extra("deployment"), "type": "json"},
    })
"""
MANIFEST = """\
subprocess:
  args: ["--to={deployment.slug}", "{{deployment.slug}}", "{deployment.name}"]
  env: {SCHEMA: "dev_{deployment.branch}"}
"""


@pytest.fixture
def deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    for name in ("PIPES_PROJECTS_BRANCH", "PIPES_PROJECTS_DEPLOYMENT", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    made = Deployed(tmp_path / "project", SHIP_TO)
    made.asset("sales/orders", MANIFEST, SCRIPT)
    commit(made.root)
    return made


SHIP_TO = "from pipes_projects.deploy import ship_to\n\nship_to('shipped', name='dev')\n"


@pytest.fixture(scope="session")
def storages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storages]:
    with Storages(tmp_path_factory.mktemp("storages")) as found:
        yield found
