"""Quarantine: made from each other."""

import dagster as dg

from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.quarantine import assert_refused, quarantined


def test_each_asset_of_a_cycle_is_a_placeholder_and_one_edge_is_gone(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    for name, above in ("ab", "bc", "ca"):
        folder.asset(f"x/{name}", f"deps: [x/{above}, x/up]\n")
    folder.asset("x/up")
    folder.asset("x/down", "deps: [x/a]\n")
    graph = quarantined(folder)
    assert graph.real == {"x/up", "x/down"}
    assert graph.edges == {
        "x/a": {"x/b", "x/up"},
        "x/b": {"x/c", "x/up"},
        "x/c": {"x/up"},
        "x/down": {"x/a"},
    }
    assert all("`x/a` → `x/b` → `x/c` → `x/a`" in text for text in graph.placeholders.values())
    assert_refused(graph, in_memory, graph.placeholders)
    assert execute(graph.defs, in_memory, ["x/up", "x/down"]).made == {"x/up", "x/down"}


def test_of_interlocking_cycles_all_assets_are_placeholders(folder: Folder) -> None:
    for name, deps in {"a": "b", "b": "a c", "c": "b d", "d": "e", "e": "c"}.items():
        folder.asset(f"x/{name}", f"deps: [{', '.join(f'x/{dep}' for dep in deps.split())}]\n")
    folder.asset("x/down", "deps: [x/e]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"x/a", "x/b", "x/c", "x/d", "x/e"}
    assert sum(map(len, graph.edges.values())) == 1 + 7 - 3  # three circles, one edge of each


def test_two_cycles_do_not_tell_of_each_other(folder: Folder) -> None:
    for name, above in ("ab", "ba", "xy", "yx"):
        folder.asset(f"g/{name}", f"deps: [g/{above}]\n")
    shown = quarantined(folder).placeholders
    assert "g/x" not in shown["g/a"] + shown["g/b"]
    assert "g/a" not in shown["g/x"] + shown["g/y"]


def test_an_asset_that_is_made_from_itself_loses_that_edge(folder: Folder) -> None:
    folder.asset("x/a", "deps: [x/a, x/b]\n")
    folder.asset("x/b")
    graph = quarantined(folder)
    assert (set(graph.placeholders), graph.edges) == ({"x/a"}, {"x/a": {"x/b"}})


def test_other_assets_of_the_scripts_of_a_cycle_stay(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.asset("x/one", "assets: {a: {deps: [x/b]}, good: {}}\n")
    folder.asset("x/two", "assets: {b: {deps: [x/a]}, fine: {deps: [x/good]}}\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"x/a", "x/b"}
    assert execute(graph.defs, in_memory, ["x/good", "x/fine"]).made == {"x/good", "x/fine"}


def test_scripts_that_wait_for_each_other_are_taken_out_whole(folder: Folder) -> None:
    folder.asset("x/one", "assets: {a: {deps: [x/c]}, b: {}}\n")
    folder.asset("x/two", "assets: {c: {deps: [x/b]}, d: {}}\n")
    folder.asset("x/down", "deps: [x/d]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"x/a", "x/b", "x/c", "x/d"}
    assert graph.edges == {"x/a": {"x/c"}, "x/c": {"x/b"}, "x/down": {"x/d"}}


def test_of_interlocking_cycles_of_scripts_all_are_taken_out(folder: Folder) -> None:
    folder.asset("x/one", "assets: {a1: {deps: [x/b1]}, a2: {}}\n")
    folder.asset("x/two", "assets: {b1: {}, b2: {deps: [x/a2, x/c1]}}\n")
    folder.asset("x/three", "assets: {c1: {deps: [x/d1]}, c2: {}}\n")
    folder.asset("x/four", "assets: {d1: {}, d2: {deps: [x/c2, x/a2]}}\n")
    folder.asset("x/five", "deps: [x/d2]\n")
    assert quarantined(folder).real == {"x/five"}


def test_a_cycle_of_assets_hides_no_cycle_of_scripts(folder: Folder) -> None:
    folder.asset("x/self", "deps: [x/self]\n")
    folder.asset("x/one", "assets: {a: {deps: [x/c]}, b: {}}\n")
    folder.asset("x/two", "key: x/c\ndeps: [x/b]\n")
    assert folder.check().count("error[dependency-cycle]") == 2
    assert set(quarantined(folder).placeholders) == {"x/self", "x/a", "x/b", "x/c"}


def test_a_script_that_can_be_split_helps_only_where_it_is_split(folder: Folder) -> None:
    folder.asset("x/ends", "assets: {first: {}, last: {deps: [x/middle]}}\n")
    folder.asset("x/middle", "can_subset: true\ndeps: [x/first]\n")
    assert "these scripts wait for each other: `x/ends` → `x/middle`" in folder.check()
    assert set(quarantined(folder).placeholders) == {"x/first", "x/last", "x/middle"}
