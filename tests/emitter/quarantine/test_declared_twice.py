"""Quarantine: declared twice."""

from typing import Any

import dagster as dg
import pytest

from pipes_projects import (
    PipesProject,
)
from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.owners import with_kinds
from tests.support.projects.quarantine import Graph, Quick, assert_refused, quarantined

REPORTING = """
    from dagster_pipes import open_dagster_pipes

    with open_dagster_pipes() as pipes:
        for key in ("sales/one", "sales/twice"):
            pipes.report_asset_materialization(asset_key=key, metadata={"by": "both"})
            pipes.report_asset_check("rows", True, asset_key=key)
"""


BOTH = "assets: {one: {checks: {rows: {}}}, twice: {checks: {rows: {}}}}\n"


def test_a_key_that_is_declared_three_times_is_one_placeholder_that_shows_all(
    folder: Folder,
) -> None:
    folder.asset("sales/orders", "key: raw/orders\ndeps: [a/one]\n")
    folder.asset("raw/orders", "deps: [a/two]\n")
    folder.asset("raw/both", "assets: {orders: {deps: [a/three]}, other: {}}\n")
    for name in ("a/one", "a/two", "a/three"):
        folder.asset(name)
    folder.asset("a/below", "deps: [raw/orders]\n")
    graph = quarantined(folder)
    (shown,) = graph.placeholders.values()
    for place in ("sales/orders.yaml:1:1", "raw/orders.yaml:1:1", "raw/both.yaml:1:10"):
        assert f"defs/{place}" in shown
    assert graph.real == {"a/one", "a/two", "a/three", "a/below", "raw/other"}
    assert graph.edges == {
        "raw/orders": {"a/one", "a/two", "a/three"},
        "a/below": {"raw/orders"},
    }


def test_a_key_that_is_declared_twice_shows_all_that_is_wrong_with_its_manifests(
    folder: Folder,
) -> None:
    folder.asset("a/one", "key: a/same\nowners: [me]\n")
    folder.asset("a/two", "key: a/same\npool: a b\n")
    (shown,) = quarantined(folder).placeholders.values()
    assert "error[duplicate-asset]" in shown
    assert "error[invalid-owner]" in shown
    assert "error[invalid-pool]" in shown


@pytest.mark.parametrize("declared_first", [True, False])
def test_other_assets_of_a_script_stay_and_its_report_of_the_duplicate_is_ignored(
    folder: Folder, instance: dg.DagsterInstance, declared_first: bool
) -> None:
    folder.asset("sales/both", BOTH, REPORTING)
    folder.asset(f"sales/{'a' if declared_first else 'z'}", "key: sales/twice\n")
    graph = quarantined(folder)
    assert (set(graph.placeholders), graph.real) == ({"sales/twice"}, {"sales/one"})
    outcome = execute(graph.defs, instance, ["sales/one"])
    assert outcome.success
    assert outcome.metadata == {"sales/one": {"by": "both"}}
    assert outcome.passed == {"sales/one:rows": True}
    assert_refused(graph, instance, graph.placeholders)


def test_a_script_that_can_be_split_is_not_asked_for_the_duplicate(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    script = """
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            pipes.report_asset_materialization(metadata={"told": pipes.asset_keys})
    """
    folder.asset("sales/both", "can_subset: true\nassets: {one: {}, twice: {}}\n", script)
    folder.asset("sales/twice")
    outcome = execute(quarantined(folder).defs, in_memory, ["sales/one"])
    assert outcome.metadata == {"sales/one": {"told": ["sales/one"]}}


def test_a_script_reports_the_duplicate_from_this_process_too(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    class Reporting(Quick):
        def invoke(self, _context: dg.AssetExecutionContext) -> Any:
            for name in ("one", "twice", "two"):
                yield dg.MaterializeResult(asset_key=["sales", name])
            yield dg.AssetCheckResult(asset_key=["sales", "twice"], check_name="x", passed=True)

    manifest = "kind: reporting\nassets: {one: {}, twice: {}, two: {deps: [sales/one]}}\n"
    folder.write("defs/sales/all.yaml", manifest)
    folder.asset("sales/twice")
    graph = quarantined(folder, with_kinds(reporting=Reporting))
    assert execute(graph.defs, in_memory, ["sales/one", "sales/two"]).made == {
        "sales/one",
        "sales/two",
    }


def test_a_duplicate_between_other_assets_of_its_script_makes_no_circle(folder: Folder) -> None:
    folder.asset("a/all", "assets: {first: {}, twice: {deps: [a/first]}, last: {deps: [a/twice]}}")
    folder.asset("a/twice")
    graph = quarantined(folder)
    assert graph.real == {"a/first", "a/last"}
    assert graph.edges == {"a/last": {"a/twice"}}


def test_a_circle_through_one_of_two_declarations_is_opened(folder: Folder) -> None:
    folder.asset("a/one", "key: a/same\ndeps: [a/below]\n")
    folder.asset("a/two", "key: a/same\n")
    folder.asset("a/below", "deps: [a/same]\n")
    graph = quarantined(folder)
    assert graph.real == {"a/below"}
    assert graph.edges == {"a/below": {"a/same"}}


def test_what_python_makes_too_is_left_to_python(
    folder: Folder, in_memory: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    class Project(PipesProject):
        @classmethod
        def asset_keys(cls) -> list[str | dg.AssetKey]:
            return ["python/made"]

    @dg.asset(key=["python", "made"])
    def made() -> None: ...

    folder.asset("a/one", "key: python/made\n")
    folder.asset("a/both", "assets: {x: {key: python/made}, y: {}}\n")
    folder.asset("a/below", "deps: [python/made]\n")
    defs = folder.definitions(Project, on_error="quarantine")
    graph = Graph(dg.Definitions.merge(defs, dg.Definitions(assets=[made])))
    assert (graph.real, graph.placeholders) == ({"python/made", "a/y", "a/below"}, {})
    assert execute(graph.defs, in_memory).made == graph.real
    assert "0 assets are in quarantine, because of 2 errors" in caplog.text
