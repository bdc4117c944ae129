"""`runbooks()`: what a new sort of published name leads to."""

import json
from pathlib import Path

import pytest

from tests.support.dagster.running import load
from tests.support.folder import Folder
from tests.support.in_process import call

DEFINITIONS = """\
from pipes_projects import PipesProject

class Owner(PipesProject):
    @classmethod
    def runbooks(cls):
        return {"late": "https://wiki.example.com/late", "wrong": "https://wiki.example.com/wrong"}

defs = Owner.make_defs()
"""


@pytest.fixture
def project(folder: Folder) -> Path:
    folder.write("definitions.py", DEFINITIONS)
    folder.asset("g/one", "runbook: late\n")
    assert call("schema", cwd=folder.root).code == 0
    return folder.root


def test_authors_are_offered_the_names(project: Path) -> None:
    schema = json.loads((project / "schemas/manifest.schema.json").read_text("utf-8"))
    offered, _ = schema["properties"]["runbook"]["anyOf"]
    assert offered["enum"] == ["late", "wrong"]


def test_the_contract_file_is_what_the_classes_publish(project: Path) -> None:
    assert call("schema", "--check", cwd=project).code == 0


def test_check_knows_the_names_without_dagster(project: Path, folder: Folder) -> None:
    assert call("check", cwd=project).code == 0
    folder.asset("g/one", "runbook: lade\n")
    out = call("check", cwd=project).out.decode()
    assert "error[unknown-runbook]: no runbook is called `lade`" in out
    assert "a runbook with a similar name exists: `late`" in out


def test_its_code_is_explained(project: Path) -> None:
    told = call("explain", "unknown-runbook", cwd=project).out.decode()
    assert told.startswith("unknown-runbook (error)\n")
    assert "Fix. Name one that there is" in told


def test_dagster_is_given_what_the_name_stands_for(project: Path) -> None:
    (spec,) = load(project / "definitions.py").resolve_all_asset_specs()
    assert spec.metadata["runbook"] == "https://wiki.example.com/late"
