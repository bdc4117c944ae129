"""`runbook` and `priority`: what a new field of an asset, and one of a script, lead to."""

import json
from pathlib import Path

from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.in_process import call

MANIFEST = "priority: 3\n"
DEFINITIONS = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"


def project(folder: Folder) -> Path:
    folder.write("definitions.py", DEFINITIONS)
    folder.write("defs/_defaults.yaml", "runbook: wiki\n")
    folder.asset("g/one", MANIFEST)
    return folder.root


def test_it_is_in_the_schema_and_in_the_reference() -> None:
    schema = json.loads((ROOT / "schemas/manifest.schema.json").read_text("utf-8"))
    assert {"runbook", "priority"} <= schema["properties"].keys()
    page = (ROOT / "docs/manifest.md").read_text("utf-8")
    assert "`runbook`" in page
    assert "`priority`" in page


def test_check_knows_it_and_its_limits(folder: Folder) -> None:
    assert call("check", cwd=project(folder)).code == 0
    folder.asset("g/one", "priority: 30\n")
    assert b"`priority` must be at most 10" in call("check", cwd=folder.root).out


def test_explain_shows_where_it_comes_from(folder: Folder) -> None:
    told = call("explain", "g/one", cwd=project(folder)).out.decode()
    assert ["runbook", "wiki", "defs/_defaults.yaml:1"] in map(str.split, told.splitlines())
    definitions = call("explain", "g/one", "--definitions", cwd=folder.root).out.decode()
    rows = [line.split()[:2] for line in definitions.splitlines()]
    assert ["priority", "3"] in rows
    assert ["runbook", "wiki"] in rows


def test_dagster_is_given_it(folder: Folder) -> None:
    project(folder)
    (made,) = folder.definitions().assets
    assert made.op.tags["dagster/priority"] == "3"
    (spec,) = made.specs
    assert spec.metadata["runbook"] == "wiki"


def test_what_runs_nothing_has_no_priority(folder: Folder) -> None:
    folder.write("defs/g/one.yaml", "kind: external\npriority: 3\n")
    assert "`priority` is not for `kind: external`" in folder.check()
