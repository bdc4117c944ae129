"""The texts of a project → its picture, by one compilation that keeps its layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipes_projects.analysis.picture.model import AssetPicture, OtherAsset, Picture, State
from pipes_projects.analysis.quarantine import Placeholder, isolate
from pipes_projects.analysis.told import Anchored
from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.compiler.manifests import Manifests, read_manifests
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Script
from pipes_projects.source import Sources


def picture_sources(
    sources: Sources,
    contract: Contract | None = None,
    checks: tuple[Check, ...] = CHECKS,
    memory: Memory | None = None,
) -> Picture:
    """Compile a project from its texts, as `compile_sources` does, into a picture of it."""
    memory = memory or Memory()
    contract = contract or built_in_contract()
    compilation = compile_sources(sources, contract, checks, memory)
    manifests = read_manifests(sources, memory.contract or contract, memory)
    apart = _apart(compilation, sources.defs)
    assets = sorted(_assets(compilation, manifests, apart), key=lambda shown: shown.key)
    return Picture(compilation, tuple(assets), tuple(_others(compilation, apart)))


def _apart(compilation: Compilation, defs: str) -> dict[str, Placeholder]:
    """What errors keep from being made, by key."""
    errors = [finding for finding in compilation.diagnostics if finding.is_error]
    return dict(isolate(compilation.project, errors, defs).placeholders) if errors else {}


def _assets(
    compilation: Compilation, manifests: Manifests, apart: Mapping[str, Placeholder]
) -> Iterator[AssetPicture]:
    anchored = Anchored()
    for script in compilation.project.scripts:
        layering = manifests.layering(script.location.path) if script.assets else None
        for asset in script.assets:
            errors = apart[asset.key].diagnostics if asset.key in apart else ()
            state = _state(script, asset.key in apart)
            if layering:
                yield AssetPicture(asset, script, state, errors, layering, anchored)


def _state(script: Script, is_apart: bool) -> State:
    if is_apart:
        return "quarantined"
    return "runs" if script.runs else "external"


def _others(compilation: Compilation, apart: Mapping[str, Placeholder]) -> Iterator[OtherAsset]:
    project = compilation.project
    declared = {asset.key for asset in project.assets()}
    unreadable = {key: found for key, found in apart.items() if key not in declared}
    upstream = {dep.key for asset in project.assets() for dep in asset.deps}
    for key in sorted((upstream | unreadable.keys()) - declared):
        if key in unreadable:
            found = unreadable[key]
            yield OtherAsset(key, found.group, "unreadable", found.diagnostics, found.paths)
        else:
            group = key.rpartition("/")[0]
            yield OtherAsset(key, group, "python" if key in project.asset_keys else "missing")
