"""The published schema of ledgers: fresh, and of what is written."""

import json

import pytest
from jsonschema import Draft202012Validator

from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.schema import FILE, ledger_schema
from pipes_projects.schema.documents import render
from tests.deploy.ledger.test_reading import ledger
from tests.support.dagster.running import ROOT


def test_the_schema_is_fresh() -> None:
    text = (ROOT / "schemas" / FILE).read_text("utf-8")
    assert text == render(ledger_schema()), "run `make schemas`"


@pytest.mark.parametrize("changed", [{}, {"state": "down", "ships": {}}, {"rolled_back_to": 1}])
def test_a_ledger_is_as_the_schema_says(changed: dict[str, object]) -> None:
    written = json.loads(ledger(2, **changed).model_dump_json())
    Draft202012Validator(ledger_schema()).validate(written)


def test_the_schema_explains_every_field() -> None:
    fields = ledger_schema()["properties"]
    assert [name for name in Ledger.model_fields if "description" not in fields[name]] == []
