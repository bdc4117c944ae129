"""Scripts that run elsewhere under a deployment: what was shipped is taken there."""

from pathlib import Path

import pytest

from pipes_projects.deploy.up import up
from tests.kinds.backends import Backend
from tests.kinds.test_every_kind import OWNER
from tests.support.dagster.running import load, materialize
from tests.support.deployments.deployed import Deployed
from tests.support.in_process import call
from tests.support.repositories import commit

SCRIPT = """\
from pathlib import Path
from dagster_pipes import open_dagster_pipes
import _prices

with open_dagster_pipes() as pipes:
    words = Path(_prices.__file__).with_name("words.txt").read_text()
    pipes.report_asset_materialization(metadata={"prices": _prices.ALL, "words": words})
"""


def test_what_was_shipped_is_taken_there(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIPES_PROJECTS_BRANCH", "PIPES_PROJECTS_DEPLOYMENT", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    made = Deployed(tmp_path / "project")
    owner = OWNER.replace("CONNECTIONS", repr(dict(backend.connections)))
    made.write("definitions.py", owner.replace("make_defs()", "make_defs(deployment='dev')"))
    made.write("defs/sales/words.txt", "as shipped")
    made.write("defs/sales/orders.yaml", f"{backend.manifest()}code_paths: [words.txt]\n")
    made.write(f"defs/sales/orders{backend.ending}", backend.content(SCRIPT))
    assert call("schema", cwd=made.root).code == 0
    commit(made.root)
    up(made.site())
    for path in ("_prices.py", "words.txt"):
        made.write(f"defs/sales/{path}", "raise SystemExit('of the checkout')\n")
    made.write(f"defs/sales/orders{backend.ending}", backend.content("raise SystemExit(1)\n"))
    definitions = load(made.root / "definitions.py")
    outcome = materialize(definitions, tmp_path / "home", ["sales/orders"])
    made_of = outcome.metadata["sales/orders"]
    assert (made_of["prices"], made_of["words"]) == (1, "as shipped")
