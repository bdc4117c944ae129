"""Quarantine: missing."""

import dagster as dg

from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.quarantine import TAG, Graph, quarantined


def test_an_unknown_dependency_keeps_its_edge_to_a_stub_that_says_who_wants_it(
    folder: Folder,
) -> None:
    folder.asset("raw/orders")
    folder.asset("sales/one", "deps: [raw/order, raw/orders]\n")
    folder.asset("sales/two", "deps: [raw/order]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"sales/one", "sales/two"}
    assert graph.edges["sales/one"] == {"raw/order", "raw/orders"}
    stub = graph.specs["raw/order"]
    assert graph.stubs == {"raw/order": stub.description}
    assert (stub.kinds, stub.group_name) == ({"missing"}, "raw")
    assert "🟥 Missing" in (stub.description or "")
    assert "No manifest that can be used declares `raw/order`" in (stub.description or "")
    assert "needed by `sales/one`, `sales/two`." in (stub.description or "")
    assert not graph.defs.resolve_asset_graph().get(stub.key).is_executable


def test_a_stub_that_many_want_names_the_first(folder: Folder) -> None:
    for number in range(13):
        folder.asset(f"sales/n{number:02}", "deps: [sales/nothing]\n")
    (shown,) = quarantined(folder).stubs.values()
    assert "`sales/n08`, `sales/n09` and 3 more." in shown


def test_an_unknown_dependency_outside_the_groups_is_left_to_python_definitions(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.asset("sales/one", "deps: [python/made, orders]\n")
    folder.asset("sales/two", "deps: [python/made]\n")
    defs = folder.definitions(on_error="quarantine")
    alone = Graph(defs)
    assert alone.edges["sales/one"] == {"python/made", "orders"}
    assert "missing" in alone.specs["python/made"].metadata[TAG]
    assert "missing" in alone.specs["orders"].metadata[TAG]

    @dg.asset(key=["python", "made"])
    def made() -> None: ...

    merged = Graph(dg.Definitions.merge(defs, dg.Definitions(assets=[made])))
    assert merged.real == {"python/made"}
    assert execute(merged.defs, in_memory, ["python/made"]).success
