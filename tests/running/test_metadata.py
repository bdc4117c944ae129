"""Metadata of scripts: converted where nothing is lost, else refused in one sentence."""

import json
from typing import Any, get_args

import pytest
from dagster_pipes import PipesMetadataType
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.running.results.metadata import TYPES, Value, value, values

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda its: st.lists(its, max_size=3) | st.dictionaries(st.text(), its, max_size=3),
    max_leaves=6,
)


def typed(raw: Any, named: str) -> dict[str, Any]:
    return {"raw_value": raw, "type": named}


def test_the_types_are_those_of_pipes() -> None:
    assert frozenset(get_args(PipesMetadataType)) == TYPES


@pytest.mark.parametrize(
    ("raw", "named", "converted"),
    [
        (0, "float", 0.0),
        (3.0, "int", 3),
        (5, "text", "5"),
        ("2026-01-31T05:00:00+00:00", "timestamp", 1769835600.0),
        ("2026-01-31T05:00:00Z", "timestamp", 1769835600.0),
        (1769835600, "timestamp", 1769835600.0),
        (["raw", "orders"], "asset", "raw/orders"),
        ({"a": 1}, "json", {"a": 1}),
    ],
)
def test_what_loses_nothing_is_converted(raw: Any, named: str, converted: Any) -> None:
    found = value(typed(raw, named))
    assert found == Value(named, converted)
    assert type(found.value) is type(converted)


def test_records_of_a_table_have_the_fields_of_all() -> None:
    found = value(typed([{"a": 1}, {}, {"b": "x", "a": None}], "table"))
    assert found.value["records"] == [
        {"a": 1, "b": None},
        {"a": None, "b": None},
        {"a": None, "b": "x"},
    ]


def test_numbers_that_json_does_not_have_are_text() -> None:
    nan, infinite = float("nan"), float("-inf")
    assert value(nan) == value(typed(nan, "float")) == Value("text", "nan")
    assert value(typed({"a": [infinite, 1.5]}, "json")) == Value("json", {"a": ["-inf", 1.5]})
    assert value(typed([{"a": nan}], "table")).value == {
        "records": [{"a": "nan"}],
        "columns": [{"name": "a", "type": "float"}],
    }


@pytest.mark.parametrize(("raw", "named"), [(5, "int"), ("x", "text"), (True, "bool")])
def test_json_that_is_one_scalar_has_its_own_type(raw: Any, named: str) -> None:
    assert value(typed(raw, "json")) == Value(named, raw)
    assert value(raw) == Value(named, raw)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("0.5", "float"),
        (True, "float"),
        (2**60 + 1, "float"),
        (3.5, "int"),
        (True, "int"),
        (1, "bool"),
        ("yes", "bool"),
        (None, "text"),
        (["x"], "url"),
        ("2026-01-31", "timestamp"),
        ("2026-01-31T05:00:00", "timestamp"),
        (1769835600000, "timestamp"),
        (float("nan"), "timestamp"),
        (5, "table"),
        ([{"a": [1]}], "table"),
        ({"records": [], "schema": [{"name": "a", "type": 5}]}, "table"),
        ([{"name": "a", "description": 5}], "table_schema"),
        ([{"name": "a", "constraints": {"nullable": "no"}}], "table_schema"),
        ([{"name": "a", "constraints": {"other": [5]}}], "table_schema"),
        ([{"name": "a", "tags": {"a b": "c"}}], "table_schema"),
        ({"a": [{"asset_key": "g/b"}]}, "table_column_lineage"),
        ({"a": [{"asset_key": 5, "column_name": "b"}]}, "table_column_lineage"),
        ({"a": ["b"]}, "table_column_lineage"),
        (0, "null"),
        (1, "dance"),
    ],
)
def test_what_would_lose_something_is_refused_in_a_sentence(raw: Any, named: str) -> None:
    kept, (message,) = values({"share": typed(raw, named), "rows": 1}, "asset `g/a`")
    assert kept == {"rows": Value("int", 1)}
    assert message.startswith(
        f"asset `g/a`: metadata `share` is {raw!r}, which is not of type `{named}`: "
    )
    assert "\n" not in message


@pytest.mark.parametrize("depth", [201, 600, 950])
def test_what_is_nested_too_deeply_for_dagster_is_refused_in_a_sentence(depth: int) -> None:
    raw: Any = json.loads("[" * depth + "]" * depth)
    for entry in (raw, typed(raw, "json")):
        kept, (message,) = values({"tree": entry, "rows": 1}, "asset `g/a`")
        assert kept == {"rows": Value("int", 1)}
        assert message.startswith("asset `g/a`: metadata `tree` is ")
        assert message.endswith(
            "not of type `json`: it takes at most 200 lists and mappings inside each other"
        )
    fits = json.loads("[" * 200 + "]" * 200)
    assert value(fits) == Value("json", fits)


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, (first, second) = values({"a": typed("x", "int"), "b": typed("y", "int")}, "asset `g/a`")
    assert "`a`" in first
    assert "`b`" in second


def test_a_table_may_say_its_columns_or_have_them_seen() -> None:
    records = [{"city": "Oslo", "rows": 3}, {"city": None, "rows": 4}]
    columns = [{"name": "city", "type": "string"}, {"name": "rows", "type": "int"}]
    for raw in (records, {"records": records}, {"records": records, "schema": columns}):
        assert value(typed(raw, "table")).value == {"records": records, "columns": columns}


@given(ANYTHING, st.sampled_from(sorted(TYPES)))
def test_anything_is_a_value_or_a_sentence(raw: Any, named: str) -> None:
    kept, problems = values({"x": typed(raw, named)}, "asset `g/a`")
    assert len(kept) + len(problems) == 1
    assert {result.type for result in kept.values()} <= TYPES - {"__infer__"}
    assert all(problem.startswith("asset `g/a`: metadata `x` is ") for problem in problems)
