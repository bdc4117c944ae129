"""What Dagster shows as stale, after a change of what a script is made of."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pipes_projects import PipesProject, PipesScript, PipesScriptManifest
from pipes_projects.emitter.loading.recorded_code import CODE
from tests.support.dagster.running import execute, stored
from tests.support.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    folder.asset("g/one", "", "import _lib\n")
    folder.asset("g/two", "", "print(2)\n")
    folder.write("defs/g/_lib.py", "x = 1\n")
    return folder


def stale(defs: dg.Definitions, instance: dg.DagsterInstance) -> set[str]:
    graph = defs.resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    keys = graph.get_all_asset_keys()
    return {key.to_user_string() for key in keys if resolver.get_status(key) == StaleStatus.STALE}


def test_a_changed_helper_makes_those_stale_that_import_it(folder: Folder, tmp_path: Path) -> None:
    with stored(tmp_path / "home") as instance:
        assert execute(folder.definitions(), instance).success
        assert stale(folder.definitions(), instance) == set()
        folder.write("defs/g/_lib.py", "x = 2\n")
        assert stale(folder.definitions(), instance) == {"g/one"}


def test_each_materialization_has_the_parts_of_its_code(folder: Folder, tmp_path: Path) -> None:
    folder.write("defs/g/two.yaml", "assets:\n  a: {code_version: 7}\n  b: {}\n")
    with stored(tmp_path / "home") as instance:
        assert execute(folder.definitions(), instance).success
        parts = {}
        for key in ("g/one", "g/a", "g/b"):
            event = instance.get_latest_materialization_event(dg.AssetKey(key.split("/")))
            assert event
            assert event.asset_materialization
            parts[key] = event.asset_materialization.metadata[CODE].value
    assert {key: [*value] for key, value in parts.items()} == {
        "g/one": ["defs/g/_lib.py", "defs/g/one.py"],
        "g/a": ["code_version"],
        "g/b": ["defs/g/two.py"],
    }


def test_what_an_owner_adds_belongs_to_the_code_version(folder: Folder) -> None:
    def versions(region: str) -> dict[str, str | None]:
        class Manifest(PipesScriptManifest):
            @property
            def extras(self):
                return {**super().extras, "region": region}

        class Script(PipesScript):
            @classmethod
            def script_manifest_class(cls):
                return Manifest

        class Project(PipesProject):
            @classmethod
            def script_kind_map(cls):
                return {**super().script_kind_map(), "subprocess": Script}

        specs = folder.definitions(Project).resolve_all_asset_specs()
        return {spec.key.to_user_string(): spec.code_version for spec in specs}

    assert versions("eu") == versions("eu")
    assert not set(versions("eu").values()) & set(versions("us").values())


EACH = """\
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    for key in pipes.get_extra("partition_keys"):
        pipes.report_custom_message({"partition": key})
"""


class Grid(PipesProject):
    """Publishes partitions with two dimensions."""

    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        letters = dg.StaticPartitionsDefinition(["a", "b"])
        return {"grid": dg.MultiPartitionsDefinition({"letter": letters, "place": letters})}


def test_a_partition_that_was_reported_by_itself_is_recorded_like_any_other(
    folder: Folder, tmp_path: Path
) -> None:
    head = "partitions_def: grid\ndeps: [g/one]\n"
    folder.asset("g/each", head, EACH)
    folder.asset("g/all", head)
    defs = folder.definitions(Grid)
    with stored(tmp_path / "home") as instance:
        assert execute(defs, instance, ["g/one"]).success
        assert execute(defs, instance, ["g/each", "g/all"], partition="a|b").success
        made = {}
        for name in ("each", "all"):
            event = instance.get_latest_materialization_event(dg.AssetKey(["g", name]))
            assert event
            assert event.asset_materialization
            made[name] = event.asset_materialization.tags or {}
        graph = defs.resolve_asset_graph()
        resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
        assert resolver.get_status(dg.AssetKey(["g", "each"]), "a|b") == StaleStatus.FRESH
    assert made["each"].keys() == made["all"].keys()
    own = ("dagster/code_version", "dagster/data_version")
    assert {name: tag for name, tag in made["each"].items() if name not in own} == {
        name: tag for name, tag in made["all"].items() if name not in own
    }
    assert made["each"]["dagster/partition/letter"] == "a"


def test_what_waited_for_another_asset_is_recorded_with_its_inputs(
    folder: Folder, tmp_path: Path
) -> None:
    report = (
        EACH.partition("    for")[0]
        + """\
    pipes.report_asset_materialization(asset_key="g/b", data_version="v1")
"""
    )
    folder.asset("g/ab", "assets: {a: {}, b: {deps: [g/a, g/one]}}\n", report)
    with stored(tmp_path / "home") as instance:
        outcome = execute(folder.definitions(), instance)
        assert not outcome.success
        event = instance.get_latest_materialization_event(dg.AssetKey(["g", "b"]))
        assert event
        assert event.asset_materialization
        tags = event.asset_materialization.tags or {}
        assert "g/b" not in stale(folder.definitions(), instance)
    assert tags["dagster/data_version"] == "v1"
    assert tags["dagster/data_version_is_user_provided"] == "true"
    assert tags["dagster/input_data_version/g/a"] == "INITIAL"
    assert tags["dagster/input_event_pointer/g/one"] != "NULL"
