"""What a script is told of upstream assets, on real Dagster."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects import PipesProject
from pipes_projects.emitter.steps.events.metadata import from_dagster, to_dagster
from pipes_projects.emitter.steps.upstream import Upstream
from pipes_projects.running.results.metadata import TYPES, Value, value, values
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder

DAILY = dg.DailyPartitionsDefinition("2025-01-01")
LATE = dg.DailyPartitionsDefinition("2025-02-25")
MONTHLY = dg.MonthlyPartitionsDefinition("2025-01-01")


class Project(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {"daily": DAILY, "monthly": MONTHLY, "late": LATE}

    @classmethod
    def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
        before = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)
        return {**super().partition_mappings(), "day_before": before}


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance


ASKING = """
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    told = pipes.extras.get("upstream", "nothing")
    for asset in pipes.asset_keys:
        metadata = {"told": {"raw_value": {"upstream": told}, "type": "json"}}
        pipes.report_asset_materialization(metadata, asset_key=asset)
"""
ROWS = {"rows": {"raw_value": 5, "type": "int"}}


def asks(*keys: str, mapping: str = "") -> str:
    how = f", partition_mapping: {mapping}" if mapping else ""
    return f"deps: [{', '.join(f'{{asset: {key}, metadata: true{how}}}' for key in keys)}]\n"


def made(
    instance: dg.DagsterInstance, key: str, version: str, partition: str | None = None
) -> None:
    """A materialization that something else reports."""
    tags = {"dagster/data_version": version}
    path = dg.AssetKey(key.split("/"))
    event = dg.AssetMaterialization(path, metadata={"rows": 5}, partition=partition, tags=tags)
    instance.report_runless_asset_event(event)


def told(folder: Folder, instance: dg.DagsterInstance, key: str, **run: Any) -> Any:
    outcome = execute(folder.definitions(Project), instance, [key], **run)
    assert outcome.success, outcome.failures
    return outcome.metadata[key]["told"]["upstream"]


def known(version: str, partition: str | None = None) -> dict[str, Any]:
    return {"metadata": ROWS, "data_version": version, "partition": partition}


def test_the_latest_of_each_that_asks_is_told(folder: Folder, instance: dg.DagsterInstance) -> None:
    for name in ("first/asked", "first/unasked", "first/unmade"):
        folder.asset(name)
    manifest = asks("first/asked", "first/unmade").replace("deps: [", "deps: [first/unasked, ")
    folder.asset("first/asking", manifest, ASKING)
    for version in ("v1", "v2"):
        made(instance, "first/asked", version)
    expected = {"first/asked": known("v2"), "first/unmade": None}
    assert told(folder, instance, "first/asking") == expected


def test_only_what_the_script_reported_is_told(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("own/asked", "extras: {region: eu}\n")
    folder.asset("own/asking", asks("own/asked"), ASKING)
    assert execute(folder.definitions(Project), instance, ["own/asked"]).success
    assert told(folder, instance, "own/asking")["own/asked"]["metadata"] == {}


def test_where_nothing_asks_the_instance_is_not_asked(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("quiet/above")
    folder.asset("quiet/below", "deps: [quiet/above]\n", ASKING)
    with patch.object(Upstream, "latest") as latest:
        assert told(folder, instance, "quiet/below") == "nothing"
    latest.assert_not_called()


@pytest.mark.parametrize(
    ("above", "mapping", "expected"),
    [
        ("daily", "", known("3rd", "2025-02-03")),
        ("daily", "identity", known("3rd", "2025-02-03")),
        ("daily", "last", None),
        ("daily", "all", known("late", "2025-02-04")),
        ("monthly", "", known("1st", "2025-02-01")),
        ("", "", known("whole")),
    ],
)
def test_of_partitions_the_one_that_belongs_to_the_run_is_told(
    folder: Folder, instance: dg.DagsterInstance, above: str, mapping: str, expected: Any
) -> None:
    key = f"parts/of_{above}_{mapping}"
    folder.asset(key, f"partitions_def: {above}\n" if above else "")
    folder.asset("parts/day", f"partitions_def: daily\n{asks(key, mapping=mapping)}", ASKING)
    for partition, version in {
        "daily": {"2025-02-03": "3rd", "2025-02-04": "late"},
        "monthly": {"2025-02-01": "1st", "2025-03-01": "late"},
        "": {None: "whole"},
    }[above].items():
        made(instance, key, version, partition)
    found = told(folder, instance, "parts/day", partition="2025-02-03")
    assert found == {key: expected}


def test_of_several_partitions_the_latest_is_told(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("months/day", "partitions_def: daily\n")
    folder.asset("months/month", f"partitions_def: monthly\n{asks('months/day')}", ASKING)
    for day in ("2025-02-03", "2025-02-04"):
        made(instance, "months/day", "v1", day)
    found = told(folder, instance, "months/month", partition="2025-02-01")
    assert found == {"months/day": known("v1", "2025-02-04")}


def test_upstream_partitions_that_do_not_exist_are_no_failure(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    """Of the month, only a few days are there."""
    folder.asset("few/day", "partitions_def: late\n")
    folder.asset("few/month", f"partitions_def: monthly\n{asks('few/day')}", ASKING)
    made(instance, "few/day", "v1", "2025-02-26")
    found = told(folder, instance, "few/month", partition="2025-02-01")
    assert found == {"few/day": known("v1", "2025-02-26")}
    assert told(folder, instance, "few/month", partition="2025-01-01") == {"few/day": None}


def test_of_its_own_day_before_the_first_nothing_is_told(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    how = asks("self/balance", mapping="day_before")
    folder.asset("self/balance", f"partitions_def: daily\n{how}", ASKING)
    made(instance, "self/balance", "v2", "2025-01-02")
    found = told(folder, instance, "self/balance", partition="2025-01-01")
    assert found == {"self/balance": None}
    found = told(folder, instance, "self/balance", partition="2025-01-03")
    assert found == {"self/balance": known("v2", "2025-01-02")}


def test_of_what_is_made_before_in_the_same_run_that_is_told(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    reporting = ASKING.replace("asset_key=asset", "asset_key=asset, data_version='now'")
    folder.asset("chain/above", script=reporting)
    folder.asset("chain/below", asks("chain/above"), ASKING)
    outcome = execute(folder.definitions(Project), instance)
    found = outcome.metadata["chain/below"]["told"]["upstream"]
    assert found["chain/above"]["data_version"] == "now"


def test_what_an_unselected_asset_asks_is_not_told(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("some/above")
    two = f"can_subset: true\nassets: {{a: {{}}, b: {{{asks('some/above').strip()}}}}}\n"
    folder.asset("some/two", two, ASKING)
    assert told(folder, instance, "some/a") == "nothing"
    assert told(folder, instance, "some/b") == {"some/above": None}


SAMPLES = {
    "text": "x",
    "url": "https://example.com",
    "path": "/a",
    "notebook": "a.ipynb",
    "json": {"a": [1]},
    "md": "# A",
    "float": 0.5,
    "int": 3,
    "bool": True,
    "dagster_run": "9e6dfb1c-5b5f-4a50-8c1e-5a8cbb0d9a5e",
    "asset": "raw/orders",
    "null": None,
    "table": [{"a": 1, "b": "x"}],
    "table_schema": [
        {"name": "a", "type": "int", "description": "A.", "tags": {"pii": ""}},
        {"name": "b", "type": "string", "constraints": {"nullable": False, "other": ["> 0"]}},
    ],
    "table_column_lineage": {"a": [{"asset_key": "raw/orders", "column_name": "b"}]},
    "timestamp": 1769835600.0,
}


@pytest.mark.parametrize("named", sorted(TYPES - {"__infer__"}))
def test_metadata_is_told_as_a_script_could_report_it(named: str) -> None:
    reported = {"it": value({"raw_value": SAMPLES[named], "type": named})}
    stored_as = to_dagster(reported)
    told_as = from_dagster(stored_as)
    assert told_as["it"].type == named
    again = value({"raw_value": told_as["it"].value, "type": named})
    assert to_dagster({"it": again}) == stored_as


@pytest.mark.parametrize("key", ["raw/orders", ["raw", "orders"]])
def test_the_key_in_a_lineage_is_that_of_the_asset(key: str | list[str]) -> None:
    raw = {"deps_by_column": {"a": [{"asset_key": key, "column_name": "b"}]}}
    reported = {"it": value({"raw_value": raw, "type": "table_column_lineage"})}
    (above,) = to_dagster(reported)["it"].column_lineage.deps_by_column["a"]
    assert above == dg.TableColumnDep(dg.AssetKey(["raw", "orders"]), "b")


def test_what_pipes_has_no_type_for_is_left_out() -> None:
    metadata = {"job": dg.MetadataValue.job("j", "here"), "rows": dg.MetadataValue.int(5)}
    assert from_dagster(metadata) == {"rows": Value("int", 5)}


_WORDS = st.sampled_from(["a", "b c", "g/a", ""])
_ODD = st.none() | st.booleans() | st.integers(0, 3) | _WORDS
_COLUMN = st.fixed_dictionaries(
    {"name": _WORDS | _ODD},
    optional={
        "type": _ODD,
        "description": _ODD,
        "tags": _ODD | st.dictionaries(_WORDS, _ODD, max_size=2),
        "constraints": _ODD
        | st.fixed_dictionaries(
            {}, optional={"nullable": _ODD, "unique": _ODD, "other": _ODD | st.lists(_ODD)}
        ),
    },
)
_RECORD = st.dictionaries(_WORDS, _ODD, max_size=2)
_ABOVE = st.fixed_dictionaries(
    {}, optional={"asset_key": _ODD | st.lists(_ODD), "column_name": _ODD}
)
_REPORTED = (
    st.tuples(st.just("table_schema"), st.lists(_COLUMN, max_size=2))
    | st.tuples(
        st.just("table"),
        st.fixed_dictionaries(
            {"records": st.lists(_RECORD | _ODD, max_size=3)},
            optional={"schema": st.lists(_COLUMN, max_size=2)},
        ),
    )
    | st.tuples(
        st.just("table_column_lineage"),
        st.dictionaries(_WORDS, st.lists(_ABOVE | _ODD, max_size=2) | _ODD, max_size=2),
    )
)


@given(_REPORTED)
def test_what_the_runner_takes_for_metadata_dagster_takes_too(reported: tuple[str, Any]) -> None:
    named, raw = reported
    kept, problems = values({"x": {"raw_value": raw, "type": named}}, "asset `g/a`")
    made = dg.AssetMaterialization("a", metadata=to_dagster(kept))
    assert len(made.metadata) + len(problems) == 1
