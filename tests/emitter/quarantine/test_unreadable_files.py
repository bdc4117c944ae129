"""Quarantine: files of which nobody knows what they declare."""

import dagster as dg
import pytest

from pipes_projects import (
    PipesProject,
)
from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.quarantine import Graph, assert_refused, quarantined


def test_a_file_that_cannot_be_read_is_a_placeholder_and_may_have_declared_other_keys(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.asset("sales/orders", "assets: {other: {}\n")
    folder.asset("raw/fine")
    folder.asset("good/one", "deps: [sales/orders, raw/fine]\n")
    folder.asset("good/two", "deps: [sales/other]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"sales/orders"}
    assert graph.specs["sales/orders"].group_name == "sales"
    assert "needed by `good/two`." in graph.stubs["sales/other"]
    assert graph.edges == {"good/one": {"sales/orders", "raw/fine"}, "good/two": {"sales/other"}}
    good = {"raw/fine", "good/one", "good/two"}
    assert execute(graph.defs, in_memory, sorted(good)).made == good
    assert folder.check().count("error[") == 1


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("key: raw//orders\n", "raw/orders"),
        ("kye: raw/orders\n", "raw/orders"),
        ("assets: {one: {key: raw//orders}}\n", "raw/orders"),
        ("assets: {one: {kee: raw/orders}}\n", "raw/orders"),
        ("key:\n", "sales/orders"),
        ("assets: {one: {key: }}\n", "sales/orders"),
        ("asset: {orders: {}}\n", "sales/orders"),
        ("assets: [orders]\n", "sales/orders"),
    ],
)
def test_who_depends_on_a_key_that_is_written_wrongly_stays(
    folder: Folder, text: str, key: str
) -> None:
    folder.asset("raw/other")
    folder.asset("sales/bad", text)
    folder.asset("good/down", f"deps: [{key}]\n")
    graph = quarantined(folder)
    assert (graph.real, set(graph.stubs)) == ({"raw/other", "good/down"}, {key})
    assert "unknown-dependency" not in folder.check()


@pytest.mark.parametrize("text", ["depz: []\n", "owners: [me]\n", "tag: {key: asset}\n"])
def test_what_is_wrong_with_other_words_hides_no_unknown_dependency(
    folder: Folder, text: str
) -> None:
    folder.asset("sales/bad", text)
    folder.asset("good/down", "deps: [sales/orders]\n")
    assert folder.check().count("error[") == 2


def test_files_of_one_name_that_cannot_be_read_are_one_placeholder(folder: Folder) -> None:
    for path in ("a/orders.yaml", "b/orders.yaml", "orders.yml", "orders.yaml"):
        folder.write(f"defs/sales/{path}", "deps: [\n")
    ((key, shown),) = quarantined(folder).placeholders.items()
    assert key == "sales/orders"
    for path in ("a/orders.yaml", "b/orders.yaml", "orders.yaml"):
        assert f"--> defs/sales/{path}" in shown


def test_what_a_file_that_cannot_be_read_may_be_gives_way_to_what_is_known(folder: Folder) -> None:
    folder.asset("sales/all", "assets: {orders: {}}\n")
    folder.asset("sales/orders", "deps: [\n")
    graph = quarantined(folder)
    assert (graph.real, graph.placeholders) == ({"sales/orders"}, {})


@pytest.mark.parametrize("name", ["x\ny", "\u202e", "a b", "ü", "x'\"`$\\"])
def test_whatever_a_file_is_called_it_can_be_in_quarantine(
    folder: Folder, in_memory: dg.DagsterInstance, name: str
) -> None:
    folder.write(f"defs/sales/{name}.yaml", "deps: [\n")
    folder.write("defs/sales/good.yaml", "kind: quick\n")
    graph = quarantined(folder)
    assert len(graph.placeholders) == 1
    assert_refused(graph, in_memory, graph.placeholders)


def test_groups_are_those_below_the_defs_that_pyproject_names(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "src/team/defs"\n')
    folder.write("src/team/defs/sales/deep/orders.yaml", "deps: [\n")
    folder.write("src/team/defs/top.yaml", "deps: [\n")
    defs = PipesProject.make_defs(defs_path=folder.root / "src/team/defs", on_error="quarantine")
    assert set(Graph(defs).placeholders) == {"sales/orders"}


@pytest.mark.parametrize("text", ["owners: team:x\n", "owners: [\n", "- list\n"])
def test_defaults_take_down_all_that_inherits_them_and_nothing_else(
    folder: Folder, in_memory: dg.DagsterInstance, text: str
) -> None:
    folder.write("defs/sales/deep/_defaults.yaml", text)
    folder.asset("sales/deep/one", "owners: [team:own]\n")
    folder.asset("sales/deep/er/two", "assets: {x: {}, y: {}}\n")
    folder.asset("sales/three", "deps: [sales/one]\n")
    folder.asset("raw/four")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"sales/one", "sales/x", "sales/y"}
    assert all(
        "defs/sales/deep/_defaults.yaml" in placeholder
        for placeholder in graph.placeholders.values()
    )
    assert execute(graph.defs, in_memory, sorted(graph.real)).made == {"sales/three", "raw/four"}


def test_defaults_that_cannot_be_read_take_down_what_is_below(folder: Folder) -> None:
    (folder.root / "defs/sales").mkdir()
    (folder.root / "defs/sales/_defaults.yaml").write_bytes(b"owners: [\xff]\n")
    folder.asset("sales/one")
    folder.asset("raw/two")
    graph = quarantined(folder)
    assert (set(graph.placeholders), graph.real) == ({"sales/one"}, {"raw/two"})


def test_without_a_valid_group_log_and_metadata_tell(
    folder: Folder, in_memory: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    folder.asset("my-group/one")
    folder.asset("my-group/two", "deps: [\n")
    folder.asset("my-group/three", "key: away/three\n")
    folder.asset("top")
    folder.asset("good/below", "deps: [my-group/one, my-group/two, away/three]\n")
    graph = quarantined(folder)
    assert (graph.placeholders, graph.real) == ({}, {"good/below"})
    assert set(graph.stubs) == {"my-group/one", "my-group/two", "away/three"}
    assert set(graph.stubs) == graph.edges["good/below"]
    assert execute(graph.defs, in_memory, ["good/below"]).success
    findings = graph.defs.metadata["pipes_projects/findings"].value
    for code in ("invalid-name", "yaml-syntax", "manifest-outside-group"):
        assert f"error[{code}]" in findings
        assert f"error[{code}]" in caplog.text
    assert graph.defs.metadata["pipes_projects/in_quarantine"].value == 0
    assert graph.defs.metadata["pipes_projects/errors"].value == 3


def test_manifests_of_the_same_name_are_both_in_quarantine(folder: Folder) -> None:
    folder.asset("sales/orders", "assets: {one: {}, two: {}}\n")
    folder.write("defs/sales/orders.yml", "assets: {three: {}}\n")
    folder.asset("good/below", "deps: [sales/one, sales/three]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"sales/one", "sales/two", "sales/orders"}
    assert (set(graph.stubs), graph.real) == ({"sales/three"}, {"good/below"})


def test_a_folder_that_cannot_be_read_may_have_declared_what_is_missing(
    folder: Folder, in_memory: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    folder.asset("sales/one")
    (folder.root / "defs/sales/back").symlink_to("..")
    folder.asset("good/below", "deps: [sales/one, sales/other]\n")
    graph = quarantined(folder)
    assert (graph.placeholders, set(graph.stubs)) == ({}, {"sales/other"})
    assert execute(graph.defs, in_memory, sorted(graph.real)).made == {"sales/one", "good/below"}
    assert "error[unreadable-file]" in caplog.text
