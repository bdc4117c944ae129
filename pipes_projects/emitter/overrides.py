"""What an owner's overrides may break: the promises of the compiler's checks, once more.

The compiler has checked what manifests say; here it is what the owner's classes made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from pipes_projects.compiler.graph import cycles
from pipes_projects.diagnostics import Code, Diagnostic, Related, similar
from pipes_projects.emitter.script import PipesScript
from pipes_projects.emitter.views import PipesAssetManifest, PipesScriptManifest


@dataclass(frozen=True)
class Emitted:
    """An asset's spec, and the view that made it."""

    view: PipesAssetManifest
    spec: dg.AssetSpec


@dataclass(frozen=True)
class Answers:
    """All that the owner's classes answered."""

    scripts: Sequence[PipesScript]
    emitted: Sequence[Emitted]
    python: frozenset[dg.AssetKey]
    """Assets that Python definitions of the same location make."""


def broken(answers: Answers) -> Iterator[Diagnostic]:
    """What the overrides broke; what only follows from equal keys is not said."""
    twice = list(same_key(answers))
    yield from twice
    for check in () if twice else CHECKS:
        yield from check(answers)
    yield from same_step(answers)


def same_key(answers: Answers) -> Iterator[Diagnostic]:
    """No two assets have one key in Dagster."""
    first: dict[dg.AssetKey, PipesAssetManifest] = {}
    for it in answers.emitted:
        earlier = first.setdefault(it.spec.key, it.view)
        if earlier is not it.view:
            yield Diagnostic(
                Code.DUPLICATE_ASSET,
                f"`{it.view.manifest_key}` and `{earlier.manifest_key}` are both"
                f" `{it.spec.key.to_user_string()}` in Dagster",
                it.view.model.location,
                whose(it.view, PipesAssetManifest, "asset_key", "asset_spec"),
                (Related(earlier.model.location, "the other one"),),
            )


def unknown_upstream(answers: Answers) -> Iterator[Diagnostic]:
    """Every dependency is an asset of the project, or of its Python definitions."""
    known = {it.spec.key for it in answers.emitted} | answers.python
    for it in answers.emitted:
        for dep in it.spec.deps:
            if dep.asset_key not in known:
                name = dep.asset_key.to_user_string()
                close = similar(name, [key.to_user_string() for key in known], "an asset")
                help_ = "; ".join(
                    part
                    for part in (
                        whose(it.view, PipesAssetManifest, "deps", "asset_spec"),
                        close,
                    )
                    if part
                )
                message = f"`{it.view.manifest_key}` depends on `{name}`, which is no asset"
                where = it.view.model.location
                yield Diagnostic(Code.UNKNOWN_DEPENDENCY, message, where, help_)


def asset_cycle(answers: Answers) -> Iterator[Diagnostic]:
    """No asset is made from itself."""
    views = {it.spec.key.to_user_string(): it.view for it in answers.emitted}
    graph = {
        it.spec.key.to_user_string(): [d.asset_key.to_user_string() for d in it.spec.deps]
        for it in answers.emitted
    }
    for cycle in cycles(graph):
        path = " → ".join(f"`{key}`" for key in (*cycle, cycle[0]))
        view = views[cycle[0]]
        message = f"these assets are made from each other: {path}"
        if len(cycle) == 1:
            message = f"`{cycle[0]}` is made from itself"
        where = view.model.location
        help_ = whose(view, PipesAssetManifest, "deps", "asset_spec")
        yield Diagnostic(Code.DEPENDENCY_CYCLE, message, where, help_)


def script_cycle(answers: Answers) -> Iterator[Diagnostic]:
    """No step waits for itself, unless it can be split."""
    waiting = {s.name: s for s in answers.scripts if not s.manifest.can_subset}
    maker = {it.spec.key: it.view.script.name for it in answers.emitted}
    graph: dict[str, list[str]] = {name: [] for name in waiting}
    for it in answers.emitted:
        above = (maker.get(dep.asset_key) for dep in it.spec.deps)
        own = it.view.script.name
        graph.get(own, []).extend(up for up in above if up in waiting and up != own)
    for cycle in cycles(graph):
        path = " → ".join(f"`{name}`" for name in (*cycle, cycle[0]))
        script = waiting[cycle[0]]
        help_ = whose(script.manifest, PipesScriptManifest, "can_subset") or whose(
            script.assets[0], PipesAssetManifest, "deps", "asset_spec"
        )
        message = f"these scripts wait for each other: {path}"
        yield Diagnostic(Code.DEPENDENCY_CYCLE, message, script.model.location, help_)


def same_step(answers: Answers) -> Iterator[Diagnostic]:
    """No two steps have one name."""
    first: dict[str, PipesScript] = {}
    for script in answers.scripts:
        name = script.manifest.op_name
        earlier = first.setdefault(name, script)
        if earlier is not script:
            yield Diagnostic(
                Code.INVALID_NAME,
                f"two steps are called `{name}`",
                script.model.location,
                whose(script.manifest, PipesScriptManifest, "op_name"),
                (Related(earlier.model.location, "the other one"),),
            )


CHECKS: tuple[Callable[[Answers], Iterator[Diagnostic]], ...] = (
    unknown_upstream,
    asset_cycle,
    script_cycle,
)


def has_overrides(script: type[PipesScript]) -> bool:
    """Whether an owner's views have a say in what a manifest declares."""
    views = (script.script_manifest_class(), script.asset_manifest_class())
    return views != (PipesScriptManifest, PipesAssetManifest)


def whose(view: object, ours: type, *names: str) -> str | None:
    """A help line that names the first of these properties that an owner's class overrides."""
    found = overriding(view, ours, *names)
    return f"the platform owner's `{found}` has a part in this" if found else None


def overriding(view: object, ours: type, *names: str) -> str | None:
    """The first of these properties that an owner's class overrides, with its class."""
    for name in names:
        for cls in type(view).__mro__:
            if cls is ours:
                break
            if name in vars(cls):
                return f"{cls.__name__}.{name}"
    return None
