"""The project model: scripts and their assets, whichever form their manifests have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipes_projects.disk.files import Files, TextFiles
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Connection, Kind, Partitions
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.source import Location


class Dependency(NamedTuple):
    """An upstream asset, by the key that its manifest declares."""

    key: str
    location: Location
    partition_mapping: str | None = None
    """How its partitions map to those of the asset, by a published name."""
    with_metadata: bool = False
    """Whether the script gets the metadata of its latest materialization."""

    @property
    def how(self) -> tuple[str | None, bool]:
        """Everything about it except for where it was written."""
        return self.partition_mapping, self.with_metadata


class DeclaredCheck(NamedTuple):
    """A check of an asset, which the script that makes it reports."""

    name: str
    description: str | None
    blocking: bool
    metadata: Mapping[str, Any]


class Asset(NamedTuple):
    """An asset: what its manifest, with all that it inherits, says about it."""

    key: str
    name: str
    group: str
    fields: AssetFields
    """All of them except for `deps` and `checks`, which are below in a form of their own."""
    own: AssetFields
    """What is under the asset's own name in a multi-asset manifest; empty in others."""
    added: Mapping[str, Any]
    """The platform owner's own fields."""
    deps: tuple[Dependency, ...]
    checks: tuple[DeclaredCheck, ...]
    location: Location


class CodePath(NamedTuple):
    """Files that belong to the code of a script, beside it and what it imports."""

    path: str
    """A file, a folder or a pattern, relative to the project."""
    location: Location


class Script(NamedTuple):
    """One script, and the assets that it materializes."""

    name: str
    """Its path below `defs/`, without the ending."""
    group: str
    kind: str
    path: str | None
    """The script's file, relative to the project; None for a kind that needs none."""
    fields: ScriptFields
    top: AssetFields
    """The asset fields at the top of the manifest, with what it inherits."""
    added: Mapping[str, Any]
    """The platform owner's own fields."""
    options: Mapping[str, Any]
    """The block of the script's kind; paths in it are relative to the project."""
    assets: tuple[Asset, ...]
    location: Location
    runs: bool = True
    """Whether Dagster runs it; otherwise something else makes its assets."""
    partitions_unknown: bool = False
    """Whether it names partitions that are not understood."""
    apart: frozenset[str] = frozenset()
    """Keys of assets that it also makes, but that are in quarantine, so that they do not count."""

    code_paths: tuple[CodePath, ...] = ()
    """Other files that belong to its code."""
    params_unknown: bool = False
    """Whether some of its params or extras are not understood."""

    @property
    def can_subset(self) -> bool:
        """Whether some of its assets can be made without the others."""
        return bool(self.fields.can_subset)


class Project(NamedTuple):
    """All scripts together."""

    scripts: tuple[Script, ...]
    asset_keys: frozenset[str] = frozenset()
    """Keys of assets that Python definitions make."""
    opaque_groups: frozenset[str] = frozenset()
    """Groups with a manifest that could not be read, so that their assets are not all known."""
    partitions_defs: Mapping[str, Partitions] = {}
    """The partitions definitions that the platform owner publishes."""
    suspicion: str = ""
    """Why the contract may not be up to date; usually empty."""
    kinds: Mapping[str, Kind] = {}
    """The kinds that scripts may have."""
    files: Files = TextFiles(frozenset())
    """The files of the project."""
    defs: str = "defs"
    """The folder of the groups, relative to the project."""

    script_defaults: Mapping[str, Any] = {}
    """Fields of scripts that apply unless a manifest says otherwise."""
    run_by_owner: frozenset[str] = frozenset()
    """Kinds that the platform owner's classes run, in Dagster only."""
    connections: Mapping[str, Connection] = {}
    """The connections that the platform owner publishes."""

    def partitions_of(self, script: Script) -> Partitions | None:
        """The published definition of a script's partitions; None if it has none, or the contract
        does not know it."""
        return self.partitions_defs.get(script.fields.partitions_def or "")

    def partitions_by_asset(self) -> dict[str, Partitions]:
        """The published definitions, by the keys of the assets that have one."""
        known = ((script, self.partitions_of(script)) for script in self.scripts)
        return {
            asset.key: published
            for script, published in known
            if published
            for asset in script.assets
        }

    def assets(self) -> Iterator[Asset]:
        """Every asset, script by script."""
        for script in self.scripts:
            yield from script.assets
