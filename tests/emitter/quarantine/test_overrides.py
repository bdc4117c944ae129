"""Quarantine: what owners override."""

from collections.abc import Callable
from inspect import getattr_static
from typing import Any

import dagster as dg
import pytest

from pipes_projects import (
    InvalidProjectError,
    PipesAssetManifest,
    PipesProject,
    PipesScript,
)
from pipes_projects.emitter.owner.hooks import OwnerError
from tests.support.folder import Folder
from tests.support.projects.owners import with_kinds
from tests.support.projects.quarantine import (
    Graph,
    manifests,
    overridden,
    quarantined,
    with_views,
)


def in_warehouse(self: PipesAssetManifest) -> dg.AssetKey:
    return dg.AssetKey(["warehouse", *PipesAssetManifest.asset_key.fget(self).path])  # type: ignore[attr-defined]


def moved(self: PipesAssetManifest) -> dg.AssetSpec:
    spec: dg.AssetSpec = PipesAssetManifest.asset_spec.fget(self)  # type: ignore[attr-defined]
    return spec.replace_attributes(key=dg.AssetKey(["warehouse", *spec.key.path]))


@pytest.mark.parametrize(
    "override", [{"asset_key": property(in_warehouse)}, {"asset_spec": property(moved)}]
)
def test_a_key_that_an_override_changes_is_that_of_the_placeholder_and_of_all_edges(
    folder: Folder, override: dict[str, Any]
) -> None:
    manifests(
        folder,
        broken="depz: []\ndeps: [a/up]\n",
        loop="deps: [a/loop, a/broken]\n",
        up="",
        down="deps: [a/broken, a/loop]\n",
    )
    graph = overridden(folder, **override)
    assert set(graph.placeholders) == {"warehouse/a/broken", "warehouse/a/loop"}
    assert graph.edges == {
        "warehouse/a/broken": {"warehouse/a/up"},
        "warehouse/a/loop": {"warehouse/a/broken"},
        "warehouse/a/down": {"warehouse/a/broken", "warehouse/a/loop"},
    }


def test_keys_that_an_override_makes_equal_are_one_placeholder(folder: Folder) -> None:
    manifests(folder, one="", two="deps: [a/up]", three="key: b/one\n", up="", down="deps: [a/two]")
    key = property(
        lambda self: dg.AssetKey(["same"] if self.name in ("one", "two", "three") else [self.name])
    )
    graph = overridden(folder, asset_key=key)
    ((name, shown),) = graph.placeholders.items()
    assert (name, graph.real) == ("same", {"up", "down"})
    for manifest in ("one", "two", "three"):
        assert f"defs/a/{manifest}.yaml" in shown
    assert "`TeamAsset.asset_key`" in shown
    assert graph.edges == {"same": {"up"}, "down": {"same"}}
    assert graph.defs.metadata["pipes_projects/in_quarantine"].value == 1


def test_a_key_that_an_override_makes_that_of_a_placeholder_is_declared_twice(
    folder: Folder,
) -> None:
    manifests(folder, one="owners: [me]\n", two="")
    graph = overridden(folder, asset_key=property(lambda _: dg.AssetKey("same")))
    assert (set(graph.placeholders), graph.real) == ({"same"}, set())
    assert "`a/two` and `a/one` are both `same` in Dagster" in graph.placeholders["same"]
    assert "error[invalid-owner]" in graph.placeholders["same"]


def test_a_key_that_an_override_makes_one_of_pythons_is_left_to_python(folder: Folder) -> None:
    project, _ = with_views(asset_key=property(lambda self: dg.AssetKey(["python", self.name])))

    class Project(project):  # type: ignore[misc, valid-type]
        @classmethod
        def asset_keys(cls) -> list[str | dg.AssetKey]:
            return ["python/made", "python/broken"]

    python = dg.Definitions([dg.AssetSpec(["python", name]) for name in ("made", "broken")])
    folder.write("defs/_defaults.yaml", "kind: team\n")
    manifests(folder, made="", broken="", down="deps: [a/made, a/broken]\n")
    with pytest.raises(InvalidProjectError, match="which Python definitions make too"):
        folder.definitions(Project)
    manifests(folder, broken="depz: []\n")
    graph = Graph(dg.Definitions.merge(folder.definitions(Project, on_error="quarantine"), python))
    assert (graph.placeholders, graph.stubs) == ({}, {})
    assert graph.edges == {"python/down": {"python/made", "python/broken"}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owners", ["nobody"]),
        ("tags", {"": ""}),
        ("asset_key", ""),
        ("deps", "a/good"),
        ("group_name", "no group"),
        ("asset_spec", None),
    ],
)
def test_of_what_dagster_refuses_only_that_asset_is_in_quarantine(
    folder: Folder, name: str, value: Any
) -> None:
    manifests(folder, good="", bad="deps: [a/good]\n", down="deps: [a/bad]\n")
    ours = getattr(PipesAssetManifest, name)
    answer = property(lambda self: value if self.name == "bad" else ours.fget(self))
    graph = overridden(folder, **{name: answer})
    assert (set(graph.placeholders), graph.real) == ({"a/bad"}, {"a/good", "a/down"})
    assert f"`TeamAsset.{name}`" in graph.placeholders["a/bad"]
    assert graph.edges == {"a/bad": {"a/good"}, "a/down": {"a/bad"}}


def test_of_a_step_that_dagster_refuses_only_that_script_is_in_quarantine(folder: Folder) -> None:
    manifests(folder, good="", bad="assets: {x: {}, y: {}}\n")
    tags = property(lambda self: 3 if self.script.name == "a/bad" else {})
    graph = overridden(folder, {"op_tags": tags})
    assert (set(graph.placeholders), graph.real) == ({"a/x", "a/y"}, {"a/good"})


def test_of_two_steps_of_one_name_the_first_stays(folder: Folder) -> None:
    manifests(folder, one="", two="", three="")
    name = property(lambda self: "three" if self.script.name == "a/three" else "same")
    graph = overridden(folder, {"op_name": name})
    assert (set(graph.placeholders), graph.real) == ({"a/two"}, {"a/one", "a/three"})


def test_a_circle_that_an_override_closes_is_in_quarantine_and_nothing_else(folder: Folder) -> None:
    manifests(folder, one="", two="deps: [a/one]\n", both="assets: {x: {}, y: {}}\n")
    folder.asset("a/down", "deps: [a/two, a/y]\n")
    above = {"one": ["a/two"], "two": ["a/one"], "x": ["a/x"]}
    graph = overridden(folder, deps=property(lambda self: above.get(self.name, [])))
    assert set(graph.placeholders) == {"a/one", "a/two", "a/x"}
    assert graph.real == {"a/y", "a/down"}
    assert graph.edges == {"a/one": {"a/two"}}
    assert graph.defs.metadata["pipes_projects/errors"].value == 2


def test_a_circle_of_scripts_that_an_override_closes_is_in_quarantine(folder: Folder) -> None:
    ends = "can_subset: true\nassets: {first: {}, last: {deps: [a/middle]}}\n"
    manifests(folder, ends=ends, middle="deps: [a/first]\n", down="deps: [a/last]\n")
    graph = overridden(folder, {"can_subset": property(lambda _: False)})
    assert (set(graph.placeholders), graph.real) == ({"a/first", "a/last", "a/middle"}, {"a/down"})
    assert all("wait for each other" in text for text in graph.placeholders.values())


def test_an_override_of_dependencies_is_not_bypassed_in_quarantine(folder: Folder) -> None:
    manifests(folder, one="depz: []\ndeps: [a/up]\n", two="", up="", other="")
    above = {"one": ["a/other"], "two": ["a/nothing", "a/up"]}
    graph = overridden(folder, deps=property(lambda self: above.get(self.name, [])))
    assert graph.edges == {"a/one": {"a/other"}, "a/two": {"a/nothing", "a/up"}}
    assert set(graph.stubs) == {"a/nothing"}


def test_what_is_missing_is_no_mistake_of_an_override(folder: Folder) -> None:
    manifests(folder, bad="{\n", good="deps: [a/other]\n")
    graph = overridden(folder, owners=property(lambda _: ["team:x"]))
    assert (graph.real, set(graph.stubs)) == ({"a/good"}, {"a/other"})


def test_what_an_owners_class_says_holds_for_placeholders_too(folder: Folder) -> None:
    manifests(folder, one="depz: []\n")
    days = dg.DailyPartitionsDefinition("2026-01-01")
    graph = overridden(
        folder,
        {"group_name": property(lambda _: "elsewhere")},
        owners=property(lambda _: ["team:platform"]),
        partitions_def=property(lambda _: days),
    )
    spec = graph.specs["a/one"]
    assert (spec.group_name, spec.owners, spec.partitions_def) == (
        "elsewhere",
        ["team:platform"],
        days,
    )


def test_of_what_an_owners_class_cannot_deal_with_only_that_is_in_quarantine(
    folder: Folder,
) -> None:
    manifests(folder, one="", two="depz: []\n", three="deps: [a/one]\n")
    owners = property(lambda self: [f"team:{1 // (self.name != 'one')}"])
    graph = overridden(folder, owners=owners)
    assert (set(graph.placeholders), graph.real) == ({"a/one", "a/two"}, {"a/three"})
    assert "`TeamAsset.owners` raised ZeroDivisionError" in graph.placeholders["a/one"]
    manifests(folder, two="")
    with pytest.raises(ZeroDivisionError):
        folder.definitions(with_views(owners=owners)[0])


@pytest.mark.parametrize("name", ["asset_keys", "catalog", "script_kind_map", "default_status"])
def test_a_bug_in_what_the_owner_publishes_is_raised(folder: Folder, name: str) -> None:
    folder.asset("a/one", "depz: []\n")
    project = type("Broken", (PipesProject,), {name: classmethod(lambda _: 1 / 0)})
    with pytest.raises(OwnerError) as raised:
        folder.definitions(project, on_error="quarantine")
    assert str(raised.value) == f"`Broken.{name}()` raised ZeroDivisionError: division by zero"
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("name", ["asset_key", "owners", "asset_spec"])
def test_an_owners_class_need_not_cope_with_what_is_in_error(folder: Folder, name: str) -> None:
    manifests(folder, one="depz: []\ndeps: [a/up]\nowners: [team:x]\n", up="", down="deps: [a/one]")
    ours = getattr(PipesAssetManifest, name)
    answer = property(lambda self: 1 / 0 if self.name == "one" else ours.fget(self))
    graph = overridden(folder, **{name: answer})
    assert graph.edges == {"a/one": {"a/up"}, "a/down": {"a/one"}}
    assert graph.specs["a/one"].owners == ["team:x"]


class Odd:
    """An object with which nothing can be done without ending the program."""

    def __repr__(self) -> str:
        raise SystemExit(7)

    def __iter__(self) -> Any:
        raise SystemExit(8)


@pytest.mark.parametrize("answer", [Odd, lambda: [Odd()], lambda: 3, lambda: Odd().__iter__()])
@pytest.mark.parametrize("name", ["name", "assets"])
def test_of_a_script_whose_class_answers_oddly_only_that_is_in_quarantine(
    folder: Folder, name: str, answer: Callable[[], Any]
) -> None:
    ours = getattr_static(PipesScript, name)

    def answered(self: PipesScript) -> Any:
        is_one = self.model.name == "a/one"
        return answer() if is_one else ours.__get__(self, type(self))

    folder.asset("a/one")
    folder.asset("a/two", "depz: []\n")
    folder.asset("a/three")
    script = type("Script", (PipesScript,), {name: property(answered)})
    graph = quarantined(folder, with_kinds(PipesProject, subprocess=script))
    assert (set(graph.placeholders), graph.real) == ({"a/one", "a/two"}, {"a/three"})
