"""Every example is compiled, emitted and run on real Dagster."""

from pathlib import Path

import dagster as dg
import pytest

from pipes_projects.compiler import compile_project
from pipes_projects.schema.contract import read_contract
from tests.running import EXAMPLES, load, materialize

ALL = sorted(path.parent for path in EXAMPLES.glob("*/definitions.py"))


def graph(defs: dg.Definitions) -> dict[str, set[str]]:
    return {
        spec.key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps}
        for spec in defs.resolve_all_asset_specs()
    }


@pytest.mark.parametrize("example", ALL, ids=lambda path: path.name)
def test_an_example_has_no_findings_by_its_contract(example: Path) -> None:
    contract = read_contract(example / "schemas/manifest.schema.json")
    assert compile_project(example, contract).diagnostics == ()


def test_hello_world_is_the_graph_of_four(tmp_path: Path) -> None:
    defs = load(EXAMPLES / "hello_world/definitions.py")
    assert graph(defs) == {
        "group_a/asset_one": set(),
        "group_a/asset_two": {"group_a/asset_one"},
        "group_a/asset_three": {"group_a/asset_two"},
        "group_a/asset_four": {"group_a/asset_two"},
    }
    outcome = materialize(defs, tmp_path)
    assert outcome.success
    assert outcome.metadata["group_a/asset_two"] == {"greeting": "hello"}
    assert outcome.metadata["group_a/asset_four"] == {"number": 4}


def test_customized_runs_both_kinds_with_the_owners_defaults(tmp_path: Path) -> None:
    defs = load(EXAMPLES / "customized/definitions.py")
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    customers, report = specs["warehouse/customers"], specs["reports/customers_by_country"]
    assert (list(customers.owners), customers.kinds) == (["team:sales"], {"snowflake"})
    assert (list(report.owners), report.kinds) == (["team:platform"], {"python"})
    assert customers.metadata["cost_center"] == "CC-1042"
    assert report.metadata["review_by"] == "2027-06-30"
    outcome = materialize(defs, tmp_path)
    assert outcome.made == set(specs)
    assert outcome.metadata["warehouse/customers"] == {"dagster/row_count": 15}


def test_flights_makes_every_table_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTS_DATA", str(tmp_path / "data"))
    outcome = materialize(load(EXAMPLES / "flights/definitions.py"), tmp_path / "home")
    assert not outcome.failures
    rows = {key: metadata.get("dagster/row_count") for key, metadata in outcome.metadata.items()}
    raw = {key.removeprefix("raw/"): count for key, count in rows.items() if "raw/" in key}
    assert raw == {
        "flights": 336_776, "airlines": 16, "airports": 1_458, "planes": 3_322, "weather": 26_115,
    }  # fmt: skip
    assert rows["marts/delays_by_carrier"] == 16
    assert rows["marts/days"] == 365
    table = outcome.metadata["marts/delays_by_carrier"]["first_rows"]
    assert table.startswith("| carrier | airline |")
    columns = outcome.metadata["raw/flights"]["dagster/column_schema"].columns
    assert "dep_time" in {column.name for column in columns}
    assert (tmp_path / "data/marts/delays_by_route.parquet").exists()
