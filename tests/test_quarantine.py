"""Quarantine: what is in error takes nothing else down, and shows what is wrong with it."""

import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipes_projects import (
    InvalidProjectError,
    PipesAssetManifest,
    PipesProject,
    PipesScript,
    PipesScriptManifest,
)
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_project
from pipes_projects.compiler.check.graph import closing, cycles
from pipes_projects.compiler.parse.file_names import is_group
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.inspection.definitions_file import project_of
from pipes_projects.layout import Layout
from pipes_projects.source import Location
from tests.case_folders import folders
from tests.conftest import Folder
from tests.owners import script_with, with_kinds
from tests.running import ROOT, execute, stored

TAG = "pipes_projects/quarantine"


class Quick(PipesScript):
    """Runs in this process, and needs no script."""

    @classmethod
    def takes_script(cls) -> bool:
        return False

    def invoke(self, _context: dg.AssetExecutionContext) -> Any:
        return None


def quick(project: type[PipesProject] = PipesProject) -> type[PipesProject]:
    """The project, with a kind `quick`."""
    return with_kinds(project, quick=Quick)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as it:
        yield it


@pytest.fixture(scope="module")
def in_memory() -> Iterator[dg.DagsterInstance]:
    """For hundreds of runs, of which only the outcome counts."""
    with dg.DagsterInstance.ephemeral() as it:
        yield it


class Graph:
    """What Dagster loaded."""

    def __init__(self, defs: dg.Definitions) -> None:
        dg.Definitions.validate_loadable(defs)
        self.defs = defs
        self.specs = {it.key.to_user_string(): it for it in defs.resolve_all_asset_specs()}
        if self.real or self.placeholders:
            defs.resolve_implicit_global_asset_job_def()
        emitted = [key for it in defs.assets or () for key in _keys(it)]
        assert len(emitted) == len(set(emitted))

    def _tagged(self, value: str) -> dict[str, str]:
        found = ((key, it) for key, it in self.specs.items() if it.tags.get(TAG) == value)
        return {key: it.description or "" for key, it in found}

    @cached_property
    def placeholders(self) -> dict[str, str]:
        """Descriptions by key."""
        return self._tagged("true")

    @cached_property
    def stubs(self) -> dict[str, str]:
        """Descriptions by key."""
        return self._tagged("missing")

    @cached_property
    def real(self) -> set[str]:
        graph = self.defs.resolve_asset_graph()
        made = {it for it in self.specs if graph.get(_key(it)).is_materializable}
        return made - self.placeholders.keys()

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """What each asset depends on, where it depends on something."""
        found = {key: {it.asset_key for it in spec.deps} for key, spec in self.specs.items()}
        return {key: {it.to_user_string() for it in deps} for key, deps in found.items() if deps}

    def step(self, key: str) -> str:
        step: str = self.defs.resolve_asset_graph().get(_key(key)).assets_def.node_def.name
        return step


def _keys(it: Any) -> Sequence[dg.AssetKey]:
    return [it.key] if isinstance(it, dg.AssetSpec) else list(it.keys)


def _key(text: str) -> dg.AssetKey:
    return dg.AssetKey(text.split("/"))


def quarantined(
    folder: Folder, project: type[PipesProject] = PipesProject, **arguments: Any
) -> Graph:
    return Graph(folder.definitions(quick(project), on_error="quarantine", **arguments))


def assert_refused(graph: Graph, instance: dg.DagsterInstance, keys: Mapping[str, str]) -> None:
    """A run of each placeholder fails with the text of its description."""
    left = set(keys)
    while left:  # those that are made from others are not even started
        outcome = execute(graph.defs, instance, sorted(left))
        said = {key: outcome.failures.get(graph.step(key)) for key in left}
        assert not outcome.made
        assert any(said.values())
        for key in [key for key, text in said.items() if text]:
            left.remove(key)
            assert findings_in(keys[key]) in (said[key] or "")


def findings_in(description: str) -> str:
    """What a placeholder's description shows between its fences."""
    return description.split("\n```")[1].removeprefix("\n").rstrip("`\n")


# One broken manifest of each kind among fifty good ones.

FIFTY = [f"good/g{number:02}" for number in range(50)]


def write_fifty(root: Path, keys: Sequence[str]) -> dict[str, str]:
    """Fifty good manifests; the first of them depend on these keys, others on each other."""
    (root / "defs/good").mkdir()
    deps = dict(zip(FIFTY, keys, strict=False))
    above = {it: FIFTY[number - 1] for number, it in enumerate(FIFTY) if number % 5}
    for it in FIFTY:
        dep = deps.get(it) or above.get(it)
        said = f"deps: ['{dep}']\n" if dep else ""
        (root / f"defs/{it}.yaml").write_text(f"kind: quick\n{said}", "utf-8")
    return deps


def to_depend_on(compilation: Compilation) -> list[str]:
    """What a good manifest may depend on: declared keys, and those that nobody can know."""
    project = compilation.project
    guessed = [f"{group}/other" for group in project.opaque_groups]
    return sorted({*(it.key for it in project.assets()), *guessed})[:40]


def is_told_by_log_alone(error: Diagnostic, project: type[PipesProject]) -> bool:
    """Whether there is no group for a placeholder, or Python makes the asset."""
    folders_ = error.location.path.split("/")[1:-1]
    made_by_python = "Python definitions" in error.message and project.asset_keys()
    return not folders_ or not is_group(folders_[0]) or bool(made_by_python)


def project_in(case: Path) -> type[PipesProject]:
    """What the case's owner publishes, and a kind for the fifty."""
    if not (case / "definitions.py").exists():
        return quick()
    with project_of(Layout(case)) as project:
        return quick(project)


@pytest.mark.parametrize("case", folders("errors"), ids=lambda case: case.name)
def test_whatever_is_wrong_with_a_manifest_takes_none_of_fifty_down(
    case: Path, tmp_path: Path, in_memory: dg.DagsterInstance, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / "project"
    shutil.copytree(case, root)
    project = project_in(case)
    before = compile_project(root, project.contract())
    deps = write_fifty(root, to_depend_on(before))
    graph = Graph(project.make_defs(defs_path=root / "defs", on_error="quarantine"))
    errors = [it for it in before.diagnostics if it.is_error]
    assert_told(graph, errors, project, caplog)
    assert_raised(project, root, errors)
    declared = {it.key for it in before.project.assets() if is_group(it.group)}
    assert declared <= graph.specs.keys() | set(project.asset_keys())
    if any(it.location.path == "defs/_defaults.yaml" for it in errors):
        assert set(FIFTY) <= graph.placeholders.keys()
        return
    assert set(FIFTY) <= graph.real
    assert all(graph.edges[it] == {dep} for it, dep in deps.items())
    some = [*FIFTY[:2], *FIFTY[-1:]]
    assert execute(graph.defs, in_memory, some).made == set(some)
    assert_refused(graph, in_memory, graph.placeholders)


def assert_told(
    graph: Graph,
    errors: Sequence[Diagnostic],
    project: type[PipesProject],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each error by a placeholder, where there can be one; each placeholder tells one; and log
    and metadata tell all."""
    said = list(graph.placeholders.values())
    assert all(any(it.message in text for it in errors) for text in said)
    for error in errors:
        assert any(error.message in text for text in said) or is_told_by_log_alone(error, project)
    logged = [it.getMessage() for it in caplog.records if it.levelno == logging.ERROR]
    assert bool(logged) == bool(errors)
    assert all(it.message in logged[0] for it in errors)
    if errors:
        assert graph.defs.metadata["pipes_projects/in_quarantine"].value == len(said)
        assert graph.defs.metadata["pipes_projects/errors"].value == len(errors)
        findings = graph.defs.metadata["pipes_projects/findings"].value
        assert all(it.message in findings for it in errors)
    else:
        assert not graph.defs.metadata


def assert_raised(project: type[PipesProject], root: Path, errors: Sequence[Diagnostic]) -> None:
    if errors:
        with pytest.raises(InvalidProjectError):
            project.make_defs(defs_path=root / "defs")
    else:
        project.make_defs(defs_path=root / "defs")


def test_all_fifty_run(folder: Folder, in_memory: dg.DagsterInstance) -> None:
    folder.asset("sales/broken", "depz: []\n")
    write_fifty(folder.root, ["sales/broken"])
    graph = quarantined(folder)
    assert execute(graph.defs, in_memory, FIFTY).made == set(FIFTY)


# Declared twice.

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


# Made from each other.


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
        folder.asset(f"x/{name}", f"deps: [{', '.join(f'x/{it}' for it in deps.split())}]\n")
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


# Missing.


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
    assert "wanted by `sales/one`, `sales/two`." in (stub.description or "")
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


# Files of which nobody knows what they declare.


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
    assert "wanted by `good/two`." in graph.stubs["sales/other"]
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
    assert all("defs/sales/deep/_defaults.yaml" in it for it in graph.placeholders.values())
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


# What owners override.


def with_views(
    script: Mapping[str, Any] | None = None, **asset: Any
) -> tuple[type[PipesProject], type[PipesScript]]:
    """A project whose scripts have these properties, and their assets those."""
    view = type("TeamAsset", (PipesAssetManifest,), asset)
    manifest = type("TeamManifest", (PipesScriptManifest,), dict(script or {}))
    team = script_with(view, manifest, Quick)
    return with_kinds(team=team), team


def overridden(folder: Folder, script: Mapping[str, Any] | None = None, **asset: Any) -> Graph:
    """What comes of a project whose manifests are all of a kind with these overrides."""
    folder.write("defs/_defaults.yaml", "kind: team\n")
    return quarantined(folder, with_views(script, **asset)[0])


def manifests(folder: Folder, **texts: str) -> None:
    """Manifests in group `a`, by name."""
    for name, text in texts.items():
        folder.write(f"defs/a/{name}.yaml", text)


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
    with pytest.raises(ZeroDivisionError):
        folder.definitions(project, on_error="quarantine")


@pytest.mark.parametrize("name", ["asset_key", "owners", "asset_spec"])
def test_an_owners_class_need_not_cope_with_what_is_in_error(folder: Folder, name: str) -> None:
    manifests(folder, one="depz: []\ndeps: [a/up]\nowners: [team:x]\n", up="", down="deps: [a/one]")
    ours = getattr(PipesAssetManifest, name)
    answer = property(lambda self: 1 / 0 if self.name == "one" else ours.fget(self))
    graph = overridden(folder, **{name: answer})
    assert graph.edges == {"a/one": {"a/up"}, "a/down": {"a/one"}}
    assert graph.specs["a/one"].owners == ["team:x"]


# Partitions, schedules, rules, checks.

DAILY = dg.DailyPartitionsDefinition("2026-01-01")
REGIONS = dg.StaticPartitionsDefinition(["eu", "us"])


class Partitioned(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        return {
            "daily": DAILY,
            "berlin": dg.MonthlyPartitionsDefinition("2026-01-01", timezone="Europe/Berlin"),
            "regions": REGIONS,
            "customers": dg.DynamicPartitionsDefinition(name="customers"),
            "by_day": dg.MultiPartitionsDefinition({"day": DAILY, "region": REGIONS}),
        }

    @classmethod
    def partition_mappings(cls) -> dict[str, dg.PartitionMapping]:
        return {
            **super().partition_mappings(),
            "before": dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1),
            "to_us": dg.StaticPartitionMapping({"eu": "us", "us": "eu"}),
            "by_region": dg.MultiToSingleDimensionPartitionMapping("region"),
        }


MAPPED = {
    "before": ("daily", "2026-01-05"),
    "to_us": ("regions", "us"),
    "by_region": ("regions", "us"),
    "identity": ("daily", "2026-01-05"),
    "last": ("daily", "2026-01-05"),
    "all": ("regions", "us"),
}


@pytest.mark.parametrize("mapping", MAPPED)
@pytest.mark.parametrize("above", ["known", "unknown", "missing"])
def test_what_depends_on_partitions_that_are_in_quarantine_runs(
    folder: Folder, in_memory: dg.DagsterInstance, mapping: str, above: str
) -> None:
    name, key = MAPPED[mapping]
    of = "by_day" if mapping == "by_region" else name
    folder.write("defs/a/known.yaml", f"kind: quick\npartitions_def: {of}\ndepz: []\n")
    folder.write("defs/a/unknown.yaml", "kind: quick\npartitions_def: weekly\n")
    folder.write("defs/a/missing.yaml", "{\n")
    up = f"{{asset: a/{above}{'_too' if above == 'missing' else ''}, partition_mapping: {mapping}}}"
    folder.write("defs/a/down.yaml", f"kind: quick\npartitions_def: {name}\ndeps: [{up}]\n")
    graph = quarantined(folder, Partitioned)
    expected = Partitioned.partitions_defs()[of]
    assert graph.specs["a/known"].partitions_def == expected
    assert graph.specs["a/unknown"].partitions_def is None
    assert execute(graph.defs, in_memory, ["a/down"], key).made == {"a/down"}


UNFIT = {
    "another type": ("regions", "daily", "before"),
    "no partitions below": ("daily", None, "before"),
    "another time zone": ("daily", "berlin", None),
    "too many dimensions": ("by_day", "customers", None),
}


@pytest.mark.parametrize("case", UNFIT)
@pytest.mark.parametrize("is_up_broken", [True, False])
def test_partitions_that_dagster_cannot_bring_together_are_a_finding(
    folder: Folder, case: str, is_up_broken: bool
) -> None:
    up, down, mapping = UNFIT[case]
    broken = "depz: []\n" if is_up_broken else ""
    folder.write("defs/a/up.yaml", f"kind: quick\npartitions_def: {up}\n{broken}")
    of = f"partitions_def: {down}\n" if down else ""
    dep = f"{{asset: a/up{f', partition_mapping: {mapping}' if mapping else ''}}}"
    folder.write("defs/a/down.yaml", f"kind: quick\n{of}deps: [{dep}]\n")
    folder.write("defs/a/good.yaml", "kind: quick\ndeps: [a/down]\n")
    graph = quarantined(folder, Partitioned)
    assert set(graph.placeholders) == {"a/down", *(["a/up"] if is_up_broken else [])}
    assert "error[partition-mismatch]: Dagster cannot bring" in graph.placeholders["a/down"]
    assert f"--> defs/a/down.yaml:{3 if down else 2}:8" in graph.placeholders["a/down"]
    assert graph.edges == {"a/down": {"a/up"}, "a/good": {"a/down"}}
    if not is_up_broken:
        with pytest.raises(InvalidProjectError, match="Dagster cannot bring together"):
            folder.definitions(quick(Partitioned))


def test_an_asset_whose_own_partitions_have_no_order_is_in_quarantine(folder: Folder) -> None:
    dep = "deps: [{asset: a/one, partition_mapping: before}]\n"
    folder.write("defs/a/one.yaml", f"kind: quick\npartitions_def: regions\n{dep}")
    folder.write("defs/a/two.yaml", "kind: quick\ndeps: [a/one]\n")
    graph = quarantined(folder, Partitioned)
    assert (set(graph.placeholders), graph.real) == ({"a/one"}, {"a/two"})
    assert "only partitions of time come one after the other" in graph.placeholders["a/one"]


def test_partitions_that_an_override_changes_are_judged_as_they_are(folder: Folder) -> None:
    manifests(folder, up="", down="deps: [a/up]\n", good="")
    of = {"up": REGIONS, "down": DAILY}
    graph = overridden(folder, partitions_def=property(lambda self: of.get(self.name)))
    assert (set(graph.placeholders), graph.real) == ({"a/down"}, {"a/up", "a/good"})
    assert "`TeamAsset.partitions_def`" in graph.placeholders["a/down"]


@pytest.mark.parametrize("name", ["daily", "regions", "customers", "by_day"])
def test_a_partitioned_placeholder_fails_for_a_partition(
    folder: Folder, in_memory: dg.DagsterInstance, name: str
) -> None:
    for up in ("daily", "regions", "customers", "by_day"):
        folder.write(f"defs/up/{up}.yaml", f"kind: quick\npartitions_def: {up}\n")
    deps = "[up/daily, up/regions, up/customers, up/by_day]"
    folder.write("defs/a/one.yaml", f"kind: quick\npartitions_def: {name}\ndeps: {deps}\ndepz: []")
    graph = quarantined(folder, Partitioned)
    in_memory.add_dynamic_partitions("customers", ["acme"])
    key = {"daily": "2026-01-05", "regions": "eu", "customers": "acme", "by_day": "2026-01-05|eu"}
    outcome = execute(graph.defs, in_memory, ["a/one"], key[name])
    assert "`depz` is not a key" in outcome.failures[graph.step("a/one")]


def test_neither_schedules_nor_rules_ask_for_placeholders(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    every = 'kind: quick\nschedule: "0 5 * * *"\nautomation_condition: eager\n'
    folder.write("defs/a/bad.yaml", every + "depz: []\n")
    folder.write("defs/a/good.yaml", every)
    folder.write("defs/a/twice.yaml", every)
    folder.write("defs/a/both.yaml", every + "assets: {twice: {}, other: {}}\n")
    folder.write("defs/a/down.yaml", every + "deps: [a/bad, a/good]\n")
    graph = quarantined(folder)
    (schedule,) = graph.defs.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    at_five = datetime(2026, 3, 1, 5, tzinfo=UTC)
    context = dg.build_schedule_context(in_memory, scheduled_execution_time=at_five)
    requests = schedule.evaluate_tick(context).run_requests or ()
    asked = {key.to_user_string() for it in requests for key in it.asset_selection or ()}
    assert asked == graph.real == {"a/good", "a/other", "a/down"}
    (sensor,) = graph.defs.sensors or ()
    assert isinstance(sensor, dg.AutomationConditionSensorDefinition)
    selected = sensor.asset_selection.resolve(graph.defs.resolve_asset_graph())
    assert {key.to_user_string() for key in selected} == graph.real
    rules = {key for key, it in graph.specs.items() if it.automation_condition}
    assert rules == graph.real


def test_nothing_checks_an_asset_in_quarantine(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.write("defs/a/bad.yaml", "kind: quick\nchecks: {rows: {}}\ndepz: []\n")
    folder.write("defs/a/loop.yaml", "kind: quick\nchecks: {rows: {}}\ndeps: [a/loop]\n")
    checks = "checks: {rows: {asset: twice}, sum: {asset: one}}\n"
    folder.write("defs/a/both.yaml", f"kind: quick\n{checks}assets: {{one: {{}}, twice: {{}}}}\n")
    folder.asset("a/twice")
    graph = quarantined(folder)
    keys = graph.defs.resolve_asset_graph().asset_check_keys
    assert keys == {dg.AssetCheckKey(dg.AssetKey(["a", "one"]), "sum")}
    outcome = execute(graph.defs, in_memory, ["a/one"])
    assert (outcome.made, outcome.passed) == ({"a/one"}, {"a/one:sum": False})


def test_what_is_external_and_in_error_is_a_placeholder_too(
    folder: Folder, in_memory: dg.DagsterInstance
) -> None:
    folder.write("defs/lake/events.yaml", "kind: external\nowners: [me]\n")
    folder.write("defs/lake/pages.yaml", "kind: external\n")
    folder.asset("good/down", "deps: [lake/events, lake/pages]\n")
    graph = quarantined(folder)
    assert set(graph.placeholders) == {"lake/events"}
    assert_refused(graph, in_memory, graph.placeholders)
    assert execute(graph.defs, in_memory, ["good/down"]).success


# How it looks, and what is said of it.


def test_a_placeholder_is_red_and_leads_to_the_places_at_fault(folder: Folder) -> None:
    folder.write("defs/sales/_defaults.yaml", "\nowners: team:x\n")
    folder.asset("sales/orders", "kinds: [python]\ntags: {a: b}\n\npool: a b\n")
    spec = quarantined(folder).specs["sales/orders"]
    assert (spec.description or "").startswith("# 🟥 In quarantine\n")
    assert (spec.kinds, spec.tags[TAG], spec.group_name) == ({"quarantine"}, "true", "sales")
    references = spec.metadata["dagster/code_references"].code_references
    assert [(Path(it.file_path).relative_to(folder.root), it.line_number) for it in references] == [
        (Path("defs/sales/_defaults.yaml"), 2),
        (Path("defs/sales/orders.yaml"), 4),
    ]


def test_no_manifest_breaks_out_of_the_description(folder: Folder) -> None:
    folder.asset("sales/orders", "owners: ['```', '# x', '````']\n")
    (shown,) = quarantined(folder).placeholders.values()
    fence = "`" * 7  # the finding puts what the author wrote into backticks
    head, findings = shown.split(f"\n{fence}\n", 1)
    assert "`" not in head
    assert fence not in findings.removesuffix(f"\n{fence}")


def test_of_a_long_cycle_each_asset_shows_the_beginning_and_the_log_has_all(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(60):
        folder.write(f"defs/g/m{number}.yaml", f"kind: quick\ndeps: [g/m{(number + 1) % 60}]\n")
    shown = quarantined(folder).placeholders["g/m59"]
    assert shown.count("is made from") == 50
    assert "… and more: the log of the code location has all of it" in shown
    assert caplog.text.count("is made from") == 59


def test_of_many_findings_a_placeholder_shows_the_first(folder: Folder) -> None:
    folder.asset("g/one", "".join(f"x{number}: 1\n" for number in range(60)))
    (shown,) = quarantined(folder).placeholders.values()
    assert shown.count("error[unknown-key]") == 50
    assert "… and more" in shown


def test_warnings_put_nothing_into_quarantine(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("defs/sales/_defaults.yaml", "owners: [team:x]\n")
    folder.asset("raw/orders")
    graph = quarantined(folder)
    assert (graph.real, graph.defs.metadata) == ({"raw/orders"}, {})
    assert [it.levelname for it in caplog.records] == ["WARNING"]


def test_log_and_metadata_say_how_many_are_in_quarantine(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write("defs/sales/_defaults.yaml", "owners: [team:x]\n")
    folder.asset("raw/one", "depz: []\n")
    graph = quarantined(folder)
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("pipes_projects", "ERROR")
    assert record.getMessage().startswith("1 asset is in quarantine, because of an error in the m")
    assert folder.check() in record.getMessage()
    assert {name: it.value for name, it in graph.defs.metadata.items()} == {
        "pipes_projects/in_quarantine": 1,
        "pipes_projects/errors": 1,
        "pipes_projects/findings": folder.check().partition("\nwarning")[0],
    }
    folder.asset("raw/two", "assets: {a: {}, b: {}}\nowners: [me]\n")
    quarantined(folder)
    assert "3 assets are in quarantine, because of 2 errors in the manifests" in caplog.text


def test_nothing_is_said_where_nothing_is_wrong(
    folder: Folder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.asset("raw/one")
    assert (quarantined(folder).defs.metadata, caplog.records) == ({}, [])


def test_a_project_is_strict_unless_told_otherwise(folder: Folder) -> None:
    folder.asset("raw/one", "depz: []\n")
    for arguments in ({}, {"on_error": "raise"}):
        with pytest.raises(InvalidProjectError):
            folder.definitions(**arguments)
    with pytest.raises(ValueError, match='on_error is "raise" or "quarantine", not \'ignore\''):
        folder.definitions(on_error="ignore")


def test_what_cannot_be_taken_out_is_raised(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.asset("raw/one")
    nowhere = Diagnostic(Code.INVALID_VALUE, "nobody knows where", Location("definitions.py"))
    monkeypatch.setattr("pipes_projects.emitter.loading.build.unfit", lambda *_: [nowhere])
    with pytest.raises(InvalidProjectError, match="nobody knows where"):
        folder.definitions(on_error="quarantine")


def test_definitions_in_quarantine_merge_with_others(folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    for it, name in ((folder, "one"), (other, "two")):
        it.asset(f"{name}/bad", f"deps: [{name}/nothing, python/made]\n")
        it.asset(f"{name}/good")
    merged = Graph(
        dg.Definitions.merge(*(it.definitions(on_error="quarantine") for it in (folder, other)))
    )
    assert set(merged.placeholders) == {"one/bad", "two/bad"}
    assert merged.real == {"one/good", "two/good"}


# Steps.


def test_steps_of_keys_that_read_alike_have_different_names(folder: Folder) -> None:
    for number, key in enumerate(("a__b/c", "a/b__c", "a/b.c", "a/b-c", "a/b/c")):
        folder.asset(f"x/n{number}", f"key: {key}\ndepz: []\n")
    steps = {key: quarantined(folder).step(key) for key in quarantined(folder).placeholders}
    assert len(set(steps.values())) == 5
    (folder.root / "defs/x/n0.yaml").unlink()
    graph = quarantined(folder)
    assert all(graph.step(key) == steps[key] for key in graph.placeholders)


def test_a_placeholder_takes_no_name_of_a_script(folder: Folder) -> None:
    folder.asset("x/bad", "depz: []\n")
    name = quarantined(folder).step("x/bad")
    folder.asset(f"quarantine/{name.removeprefix('quarantine__')}")
    graph = quarantined(folder)
    assert (graph.real, set(graph.placeholders)) == (
        {f"quarantine/{name.removeprefix('quarantine__')}"},
        {"x/bad"},
    )


def test_the_steps_of_good_scripts_are_called_as_they_were(folder: Folder) -> None:
    folder.asset("x/a/load", "key: x/a\n")
    folder.asset("x/b/load", "key: x/b\n")
    before = quarantined(folder).step("x/a")
    folder.asset("x/b/load", "key: x/b\ndepz: []\n")
    assert quarantined(folder).step("x/a") == before


def job_in(root: str) -> dg.JobDefinition:
    """What each process makes anew."""
    defs = quick().make_defs(defs_path=f"{root}/defs", on_error="quarantine")
    jobs = dg.Definitions(jobs=[dg.define_asset_job("everything")])
    return dg.Definitions.merge(defs, jobs).resolve_job_def("everything")


def test_processes_of_their_own_find_the_steps_again(
    folder: Folder, instance: dg.DagsterInstance
) -> None:
    folder.asset("sales/both", "kind: quick\nassets: {one: {}, twice: {}}\n")
    folder.asset("sales/twice", "depz: []\n")
    folder.asset("sales/broken", "{\n")
    graph = quarantined(folder)
    keys = ("sales/one", "sales/twice", "sales/broken")
    job = dg.build_reconstructable_job(
        __name__, job_in.__name__, (str(folder.root),), reconstructor_working_directory=str(ROOT)
    )
    with dg.execute_job(job, instance, asset_selection=[*map(_key, keys)]) as result:
        made = [it.asset_key for it in result.get_asset_materialization_events()]
        failed = {
            it.step_key: it.step_failure_data for it in result.all_events if it.is_step_failure
        }
    assert made == [_key("sales/one")]
    for key in graph.placeholders:
        given = failed[graph.step(key)].user_failure_data
        assert findings_in(graph.placeholders[key]) in (given.description if given else "")


# Whatever is below `defs/`.

PATHS = [f"{group}/m{n}" for group in ("a", "a/deep", "b", "not-a-group") for n in range(4)]
BROKEN = [
    "deps: [\n",
    "- x\n",
    "depz: []\n",
    "owners: [me]\n",
    "\x00",
    "assets: []\n",
    "key: a//b\n",
]
DEFAULTS = ["", "", "owners: [team:x]\n", "owners: x\n", "[\n"]


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """Manifests that may be at odds with themselves, and with each other, by their paths."""
    texts = {}
    names = draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=9, unique=True))
    forms = {name: draw(st.sampled_from(["", "", "one", "x", "xy", "xyz"])) for name in names}
    parts = ((name, [name[-2:]] if form in ("", "one") else form) for name, form in forms.items())
    known = st.sampled_from([f"{it.partition('/')[0]}/{part}" for it, own in parts for part in own])
    odd = st.sampled_from(["a/nothing", "c/nothing", "alone"])
    lists = st.lists(known, max_size=3) if draw(st.integers(0, 3)) else st.lists(known | odd)
    for name, form in forms.items():
        head = f"kind: quick\ncan_subset: {draw(st.sampled_from(['true', 'false', 'false']))}\n"
        said = [f"deps: [{', '.join(dict.fromkeys(draw(lists)))}]" for _ in form or "x"]
        if draw(st.integers(0, 9)) == 0:
            texts[f"{name}.yaml"] = draw(st.sampled_from(BROKEN))
        elif form in ("", "one"):
            key = f"key: {draw(known)}\n" if form and draw(st.booleans()) else ""
            texts[f"{name}.yaml"] = f"{head}{said[0]}\n{key}"
        else:
            assets = (f"  {it}: {{{deps}}}\n" for it, deps in zip(form, said, strict=True))
            texts[f"{name}.yaml"] = f"{head}assets:\n{''.join(assets)}"
    for folder in ("a", "a/deep") if draw(st.integers(0, 3)) == 0 else ():
        texts[f"{folder}/_defaults.yaml"] = draw(st.sampled_from(DEFAULTS))
    return texts


def reachable(edges: Mapping[str, set[str]], start: str) -> set[str]:
    """What there is above a node; the node itself, if it is on a cycle."""
    found: set[str] = set()
    pending = [start]
    while pending:
        new = edges.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def good_assets(compilation: Compilation) -> set[str]:
    """What should be real, by the issue's words: neither declared twice, nor on a cycle, nor in a
    manifest that is wrong in another way, nor below such defaults."""
    project = compilation.project
    declared = Counter(asset.key for asset in project.assets())
    edges = {asset.key: {dep.key for dep in asset.deps} for asset in project.assets()}
    above = {key: reachable(edges, key) for key in edges}
    steps = {
        asset.key: (script.name, asset.key) if script.can_subset else (script.name, "")
        for script in project.scripts
        for asset in script.assets
    }
    waits: dict[Any, set[Any]] = {}
    for script in project.scripts:
        for asset in script.assets:
            step = (script.name, asset.key) if script.can_subset else (script.name, "")
            for dep in asset.deps:
                is_circle = dep.key in above.get(asset.key, ()) and asset.key in above.get(
                    dep.key, ()
                )
                if dep.key in steps and steps[dep.key] != step and not is_circle:
                    waits.setdefault(step, set()).add(steps[dep.key])
    stuck = {name for name, _ in (it for it in waits if it in reachable(waits, it))}
    wrong = {
        it.location.path
        for it in compilation.diagnostics
        if it.is_error and it.code not in (Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE)
    }
    below = tuple(path.removesuffix("_defaults.yaml") for path in wrong if "_defaults" in path)
    return {
        asset.key
        for script in project.scripts
        if script.name not in stuck and is_group(script.group)
        if script.location.path not in wrong and not script.location.path.startswith(below)
        for asset in script.assets
        if declared[asset.key] == 1 and asset.key not in above[asset.key]
    }


@settings(max_examples=100)
@given(projects())
def test_whatever_is_below_defs_loads_with_all_that_is_good(texts: dict[str, str]) -> None:
    with TemporaryDirectory() as root:
        folder = Folder(Path(root) / "project")
        for path, text in texts.items():
            folder.write(f"defs/{path}", text)
        graph = quarantined(folder)
        compilation = compile_project(folder.root, quick().contract())
    assert graph.real == good_assets(compilation)
    declared = {it.key for it in compilation.project.assets() if is_group(it.group)}
    assert declared <= graph.specs.keys()
    for asset in compilation.project.assets():
        if asset.key in graph.real:
            assert graph.edges.get(asset.key, set()) == {dep.key for dep in asset.deps}


@given(
    st.dictionaries(st.integers(0, 7).map(str), st.lists(st.integers(0, 7).map(str), max_size=4)),
    st.sets(st.integers(0, 7).map(str)),
)
def test_edges_are_closed_where_they_may_be(graph: dict[str, list[str]], loose: set[str]) -> None:
    cut = set(closing(graph, loose))
    left = {node: [to for to in above if (node, to) not in cut] for node, above in graph.items()}
    assert not list(cycles(left))
    stiff = {node: above for node, above in graph.items() if node not in loose}
    if not list(cycles(stiff)):
        assert {node for node, _ in cut} <= loose
