"""In a terminal nothing is deployed: scripts are told so, under the same names as in Dagster."""

import json

from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.manifest.values.deployment import LOCAL
from tests.support.command import run
from tests.support.folder import Folder

SCRIPT = """\
import json, os, sys
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    said = [sys.argv[1:], os.environ["SCHEMA"], pipes.get_extra("deployment")]
    open("said.json", "w").write(json.dumps(said))
    pipes.report_asset_materialization()
"""
MANIFEST = """\
subprocess:
  args: ["{deployment.name}", "{{deployment.name}}"]
  env: {SCHEMA: "s_{deployment.slug}"}
"""


def test_a_script_is_told_that_nothing_is_deployed(folder: Folder) -> None:
    folder.asset("sales/orders", MANIFEST, SCRIPT)
    done = run("run", "*", cwd=folder.root)
    assert done.returncode == 0, done.stderr
    args, schema, told = json.loads((folder.root / "defs/sales/said.json").read_text())
    assert args == ["local", "{deployment.name}"]
    assert (schema, told) == ("s_local", LOCAL)


def test_no_branch_has_the_slug_of_where_nothing_is_deployed() -> None:
    assert slug_of("local") != LOCAL["slug"]
    assert slug_of("locals") == "locals"
