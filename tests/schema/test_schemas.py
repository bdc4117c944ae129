"""The published schemas: fresh, valid, and made for editors."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import ASSET_KEYS, CONTRACT, Layout
from pipes_projects.project_folder import compile_project
from pipes_projects.schema.asset_keys import fresh_keys
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.schema.documents import PUBLISHED, render
from tests.support.dagster.running import EXAMPLES, ROOT


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_schema_is_fresh(name: str) -> None:
    fresh = render(PUBLISHED[name](built_in_contract()))
    assert (ROOT / "schemas" / name).read_text("utf-8") == fresh, "run `make schemas`"


@pytest.mark.parametrize("example", ["customized", "flights"])
def test_the_contract_of_an_example_is_fresh(example: str) -> None:
    from pipes_projects.emitter.inspection.definitions_file import published_schemas

    for path, text in published_schemas(Layout(EXAMPLES / example)).items():
        assert (EXAMPLES / example / path).read_text("utf-8") == text, "run `make schemas`"


@pytest.mark.parametrize("example", ["customized", "flights"])
def test_the_keys_of_an_example_are_fresh(example: str) -> None:
    contract = read_contract(EXAMPLES / example / CONTRACT)
    fresh = fresh_keys(compile_project(EXAMPLES / example, contract).project)
    assert (EXAMPLES / example / ASSET_KEYS).read_text("utf-8") == fresh, "run `make schemas`"


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/schemas/*.json")), ids=lambda p: p.name)
def test_every_schema_is_valid_against_its_metaschema(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))
