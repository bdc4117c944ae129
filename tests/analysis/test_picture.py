"""The picture: what `explain` says of each asset, of all of them at once, for every reader."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipes_projects import Picture, SourceFile, Sources, TextFiles, picture_project, picture_sources
from pipes_projects.analysis.explanation import explain
from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import find_layout
from pipes_projects.project_folder import sources_of
from pipes_projects.render.picture.plain import render_json
from pipes_projects.schema.contract.reading import read_contract
from tests.support.case_folders import folders
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, ROOT
from tests.support.folder import Folder

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/picture.schema.json").read_text("utf-8")))
PROJECTS = [*folders("ok"), *folders("errors"), EXAMPLES / "flights", EXAMPLES / "customized"]


@pytest.fixture(scope="module", params=PROJECTS, ids=lambda project: project.name)
def project(request: pytest.FixtureRequest) -> tuple[Path, Picture]:
    path: Path = request.param
    return path, picture_project(path)


def test_its_json_follows_the_published_schema(project: tuple[Path, Picture]) -> None:
    shape = json.loads(render_json(project[1]))
    SCHEMA.validate(shape)
    for part in (shape, *shape["assets"], *shape["others"]):  # nothing that the schema lacks
        known = SCHEMA.schema if part is shape else _items("assets" if "kind" in part else "others")
        assert part.keys() == known["properties"].keys()


def _items(name: str) -> dict[str, object]:
    found: dict[str, object] = SCHEMA.schema["properties"][name]["items"]
    return found


def test_its_values_are_those_that_explain_shows(project: tuple[Path, Picture]) -> None:
    path, picture = project
    layout = find_layout(path)
    sources, contract = sources_of(layout), read_contract(layout.contract)
    once = {shown.key: shown for shown in reversed(picture.assets)}
    for key, shown in once.items():
        _, explanation = explain(sources, contract, key)
        assert explanation
        if explanation.asset.location == shown.asset.location:
            explained = [value for section in explanation.sections for value in section]
            assert repr(list(shown.values)) == repr(explained)


def test_every_edge_leads_from_a_known_asset_to_a_declared_one(
    project: tuple[Path, Picture],
) -> None:
    _, picture = project
    declared = {shown.key for shown in picture.assets}
    others = {other.key for other in picture.others}
    assert not declared & others
    for upstream, downstream in picture.edges():
        assert upstream in declared | others
        assert downstream in declared


def test_the_page_shows_values_as_they_are_written() -> None:
    page = (ROOT / "docs/seeing.md").read_text("utf-8")
    (lines,) = re.findall(r"```jsonl\n(.*?)```", page, re.DOTALL)
    shape = json.loads(render_json(picture_project(EXAMPLES / "flights")))
    (asset,) = (asset for asset in shape["assets"] if asset["key"] == "raw/flights")
    for line in lines.splitlines():
        assert json.loads(line) in asset["values"]


def states(folder: Folder) -> dict[str, str]:
    picture = picture_project(folder.root)
    return {shown.key: shown.state for shown in (*picture.assets, *picture.others)}


def test_every_state_is_told_apart(folder: Folder) -> None:
    folder.asset("g/runs", "deps: [g/external, g/missing, g/unreadable]\n")
    folder.write("defs/g/external.yaml", "kind: external\n")
    folder.asset("g/quarantined", "deps: [g/runs]\nownrs: []\n")
    folder.asset("g/unreadable", "deps: [\n")
    assert states(folder) == {
        "g/external": "external",
        "g/quarantined": "quarantined",
        "g/runs": "runs",
        "g/missing": "missing",
        "g/unreadable": "unreadable",
    }


def test_what_cannot_be_read_is_told_with_its_files(folder: Folder) -> None:
    folder.write("defs/g/torn.yaml", "deps: [\n")
    folder.write("defs/g/torn.yml", "deps: [\n")
    folder.asset("g/other", "deps: [g/missing, g/torn]\n")
    missing, torn = json.loads(run("list", "--json", folder.root).stdout)["others"]
    assert (missing["state"], missing["paths"]) == ("missing", [])
    assert (torn["state"], torn["paths"]) == ("unreadable", ["defs/g/torn.yaml", "defs/g/torn.yml"])


def test_what_python_definitions_make_is_told_apart() -> None:
    contract = replace(built_in_contract(), asset_keys=frozenset({"made/in_python"}))
    files = TextFiles(frozenset({"defs/g/a.py"}))
    sources = Sources(files, (SourceFile("defs/g/a.yaml", "deps: [made/in_python]\n"),))
    (other,) = picture_sources(sources, contract).others
    assert (other.key, other.group, other.state) == ("made/in_python", "made", "python")


def test_a_selection_keeps_what_its_assets_depend_on(folder: Folder) -> None:
    folder.asset("g/a", "deps: [g/x]\n")
    folder.asset("g/b", "deps: [g/y]\n")
    shape = json.loads(run("list", "--json", "--select", 'key:"g/a"', folder.root).stdout)
    assert [asset["key"] for asset in shape["assets"]] == ["g/a"]
    assert [other["key"] for other in shape["others"]] == ["g/x"]
