"""Projects in quarantine, as the tests of it make and read them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import dagster as dg

from pipes_projects import (
    PipesAssetManifest,
    PipesProject,
    PipesScript,
    PipesScriptManifest,
)
from tests.support.dagster.running import execute
from tests.support.folder import Folder
from tests.support.projects.owners import script_with, with_kinds

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


class Graph:
    """What Dagster loaded."""

    def __init__(self, defs: dg.Definitions) -> None:
        dg.Definitions.validate_loadable(defs)
        self.defs = defs
        self.specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
        if self.real or self.placeholders:
            defs.resolve_implicit_global_asset_job_def()
        emitted = [key for asset in defs.assets or () for key in _keys(asset)]
        assert len(emitted) == len(set(emitted))

    def _tagged(self, value: str) -> dict[str, str]:
        found = ((key, spec) for key, spec in self.specs.items() if spec.tags.get(TAG) == value)
        return {key: spec.description or "" for key, spec in found}

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
        made = {spec for spec in self.specs if graph.get(_key(spec)).is_materializable}
        return made - self.placeholders.keys()

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """What each asset depends on, where it depends on something."""
        found = {key: {dep.asset_key for dep in spec.deps} for key, spec in self.specs.items()}
        return {key: {dep.to_user_string() for dep in deps} for key, deps in found.items() if deps}

    def step(self, key: str) -> str:
        step: str = self.defs.resolve_asset_graph().get(_key(key)).assets_def.node_def.name
        return step


def _keys(made: Any) -> Sequence[dg.AssetKey]:
    return [made.key] if isinstance(made, dg.AssetSpec) else list(made.keys)


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
        failures = {key: outcome.failures.get(graph.step(key)) for key in left}
        assert not outcome.made
        assert any(failures.values())
        for key in [key for key, text in failures.items() if text]:
            left.remove(key)
            assert findings_in(keys[key]) in (failures[key] or "")


def findings_in(description: str) -> str:
    """What a placeholder's description shows between its fences."""
    return description.split("\n```")[1].removeprefix("\n").rstrip("`\n")


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
