"""Checks what an owner's overrides may break: what the compiler's checks have already ensured.

The compiler has checked what manifests say; this checks what the owner's classes made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import dagster as dg

from pipes_projects.codes import Code
from pipes_projects.compiler.check.graph import cycles
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.emitter.answers.attribution import overriding
from pipes_projects.emitter.answers.refusals import from_override
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.project import Asset
from pipes_projects.spelling import similar


@dataclass(frozen=True)
class Emitted:
    """An asset's spec, and the view it came from."""

    view: PipesAssetManifest
    spec: dg.AssetSpec


@dataclass(frozen=True)
class Answers:
    """Everything that the owner's classes returned."""

    scripts: Sequence[PipesScript]
    emitted: Sequence[Emitted]
    python: frozenset[dg.AssetKey]
    """Assets that Python definitions of the same location make."""
    known: frozenset[dg.AssetKey]
    """Those, and any other known assets that are not made here."""
    apart: Mapping[dg.AssetKey, Asset]
    """Assets in quarantine."""


def broken(answers: Answers) -> Iterator[Diagnostic]:
    """What the overrides broke; whatever only follows from duplicate keys is left out."""
    twice = list(same_key(answers))
    yield from twice or _of_dependencies(answers)
    yield from same_step(answers)


def _of_dependencies(answers: Answers) -> Iterator[Diagnostic]:
    yield from unknown_upstream(answers)
    cycles = list(asset_cycle(answers))
    yield from cycles or script_cycle(answers)  # a cycle among assets is one among scripts too


def same_key(answers: Answers) -> Iterator[Diagnostic]:
    """No two assets share a key in Dagster."""
    first = dict(answers.apart)
    for emitted in answers.emitted:
        model, name = emitted.view.model, emitted.spec.key.to_user_string()
        override = overriding(emitted.view, PipesAssetManifest, "asset_key", "asset_spec")
        earlier = first.setdefault(emitted.spec.key, model)
        if earlier is not model:
            message = f"`{model.key}` and `{earlier.key}` are both `{name}` in Dagster"
            other = (Related(earlier.location, "the other one"),)
            yield from_override(
                Code.DUPLICATE_ASSET, message, model.location, override, related=other
            )
        elif emitted.spec.key in answers.python:
            message = f"`{model.key}` is `{name}` in Dagster, which Python definitions make too"
            yield from_override(Code.DUPLICATE_ASSET, message, model.location, override)


def unknown_upstream(answers: Answers) -> Iterator[Diagnostic]:
    """Every dependency is an asset of the project, or of its Python definitions."""
    known = {emitted.spec.key for emitted in answers.emitted} | answers.known
    for emitted in answers.emitted:
        for dep in emitted.spec.deps:
            if dep.asset_key not in known:
                yield _unknown_upstream(emitted.view, dep.asset_key, known)


def _unknown_upstream(
    view: PipesAssetManifest, key: dg.AssetKey, known: Iterable[dg.AssetKey]
) -> Diagnostic:
    name = key.to_user_string()
    override = overriding(view, PipesAssetManifest, "deps", "asset_spec")
    help_ = "; ".join(filter(None, (override and override.help, _instead(key, known))))
    message = f"`{view.manifest_key}` depends on `{name}`, which is not an asset"
    where = view.model.location
    return from_override(Code.UNKNOWN_DEPENDENCY, message, where, override, help_, sort=name)


def _instead(key: dg.AssetKey, known: Iterable[dg.AssetKey]) -> str | None:
    """Which key an unknown one may stand for; Dagster turns a string into a key of one part."""
    if len(key.parts) == 1 and "/" in key.parts[0]:
        parts = ", ".join(f'"{part}"' for part in key.parts[0].split("/"))
        return f"write `dg.AssetKey([{parts}])`, or the text alone"
    names = [key.to_user_string() for key in known]
    return similar(key.to_user_string(), names, "an asset")


def asset_cycle(answers: Answers) -> Iterator[Diagnostic]:
    """No asset is made from itself."""
    views = {emitted.spec.key.to_user_string(): emitted.view for emitted in answers.emitted}
    graph = {
        emitted.spec.key.to_user_string(): [
            d.asset_key.to_user_string() for d in _waits(emitted.spec)
        ]
        for emitted in answers.emitted
    }
    for cycle in cycles(graph):
        path = " → ".join(f"`{key}`" for key in (*cycle, cycle[0]))
        view = views[cycle[0]]
        message = f"these assets are made from each other: {path}"
        if len(cycle) == 1:
            message = f"`{cycle[0]}` is made from itself"
        where = view.model.location
        override = overriding(view, PipesAssetManifest, "deps", "asset_spec")
        help_ = override.help if override else None
        others = (
            Related(views[key].model.location, f"`{key}` is made from `{above}`")
            for key, above in pairwise((*cycle[1:], cycle[0]))
        )
        yield Diagnostic(Code.DEPENDENCY_CYCLE, message, where, help_, tuple(others))


def _waits(spec: dg.AssetSpec) -> Iterator[dg.AssetDep]:
    """What must exist first; which of an asset's own partitions are earlier is up to Dagster."""
    yield from (dep for dep in spec.deps if dep.asset_key != spec.key or not dep.partition_mapping)


def script_cycle(answers: Answers) -> Iterator[Diagnostic]:
    """No step waits for itself, unless it can be split."""
    steps = {emitted.spec.key: _step(emitted.view) for emitted in answers.emitted}
    views = {_step(emitted.view): emitted.view for emitted in answers.emitted}
    graph: dict[str, list[str]] = {step: [] for step in views}
    for emitted in answers.emitted:
        own, above = _step(emitted.view), (steps.get(dep.asset_key) for dep in emitted.spec.deps)
        graph[own] += [step for step in above if step not in (None, own)]
    for cycle in cycles(graph):
        yield _script_cycle([views[step] for step in cycle])


def _step(view: PipesAssetManifest) -> str:
    """A script is one step; one that can be split is one step per asset."""
    script = view.script
    return f"{script.name}\n{view.manifest_key}" if script.manifest.can_subset else script.name


def _script_cycle(views: Sequence[PipesAssetManifest]) -> Diagnostic:
    scripts = [view.script for view in views]
    path = " → ".join(f"`{script.name}`" for script in (*scripts, scripts[0]))
    override = overriding(scripts[0].manifest, PipesScriptManifest, "can_subset") or overriding(
        scripts[0].assets[0], PipesAssetManifest, "deps", "asset_spec"
    )
    help_ = override.help if override else None
    others = (
        Related(script.model.location, f"`{script.name}` waits for `{above.name}`")
        for script, above in pairwise((*scripts[1:], scripts[0]))
    )
    message = f"these scripts wait for each other: {path}"
    where = scripts[0].model.location
    return Diagnostic(Code.DEPENDENCY_CYCLE, message, where, help_, tuple(others))


def same_step(answers: Answers) -> Iterator[Diagnostic]:
    """No two steps share a name."""
    first: dict[str, PipesScript] = {}
    for script in answers.scripts:
        name = script.manifest.op_name
        earlier = first.setdefault(name, script)
        if earlier is not script:
            yield from_override(
                Code.INVALID_NAME,
                f"two steps are called `{name}`",
                script.model.location,
                overriding(script.manifest, PipesScriptManifest, "op_name"),
                related=(Related(earlier.model.location, "the other one"),),
                among="scripts",
            )
