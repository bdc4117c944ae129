"""What Dagster shows as stale, after a change of what a script is made of."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pipes_projects import PipesProject, PipesScript, PipesScriptManifest
from pipes_projects.emitter.loading.recorded_code import CODE
from tests.support.folder import Folder
from tests.support.running import execute, stored


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
