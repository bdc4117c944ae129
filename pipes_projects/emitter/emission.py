"""Project → scripts and specs: the owner's classes are asked, and what they answer is checked."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.compiler.graph import cycles
from pipes_projects.diagnostics import Code, Diagnostic, Related, similar
from pipes_projects.emitter.definitions import assets_of
from pipes_projects.emitter.keys import KeyTable
from pipes_projects.emitter.op_names import op_names
from pipes_projects.emitter.script import PipesScript
from pipes_projects.emitter.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.project import Project

EXTERNAL = "external"


@dataclass(frozen=True)
class Emitted:
    """An asset's spec, and the view that made it."""

    view: PipesAssetManifest
    spec: dg.AssetSpec


class Emission:
    """One pass over a project: keys first, because every dependency needs them; then specs."""

    def __init__(
        self,
        project: Project,
        classes: Mapping[str, type[PipesScript]],
        root: Path,
        resources: Container[str] = (),
    ) -> None:
        self.project, self.resources = project, resources
        self.keys = KeyTable()
        self.found: list[Diagnostic] = []
        names = op_names(project.scripts)
        self.scripts = [
            classes[script.kind](script, root, names[script.name], self.keys)
            for script in project.scripts
        ]
        for asset in self._views():
            self.keys.declare(asset.model.key, _key(_asked(asset, "asset_key")))
        self.emitted = {it.view.model.key: it for it in self._specs()}
        if any(_has_overrides(script) for script in self.scripts):  # else the compiler said it
            self.found += self._duplicates()
            self.found += self._unknown()
            self.found += self._cycles()
            self.found += self._steps()

    def assets(self) -> list[dg.AssetsDefinition | dg.AssetSpec]:
        """Everything that Dagster should know; nothing, where there are findings already."""
        made: list[dg.AssetsDefinition | dg.AssetSpec] = []
        for script in () if self.found else self.scripts:
            specs = [self.emitted[asset.model.key].spec for asset in script.assets]
            try:
                made += specs if script.kind == EXTERNAL else [self._step(script, specs)]
            except dg.DagsterError as error:
                self.found.append(_refused_step(script, str(error)))
            script.forget()
        return made

    def _step(self, script: PipesScript, specs: list[dg.AssetSpec]) -> dg.AssetsDefinition:
        return assets_of(script, specs, self.resources)

    def _views(self) -> Iterator[PipesAssetManifest]:
        for script in self.scripts:
            yield from script.assets

    def _specs(self) -> Iterator[Emitted]:
        specs = []
        for script in self.scripts:
            for view in script.assets:
                try:
                    specs.append(Emitted(view, _asked(view, "asset_spec")))
                except dg.DagsterError as error:
                    self.found.append(_refused(view, str(error)))
            script.forget("content")
        changed = self._keys_of(specs)
        return (_with_keys(it, changed) if changed else it for it in specs)

    def _keys_of(self, specs: list[Emitted]) -> dict[dg.AssetKey, dg.AssetKey]:
        """Keys that an override of `asset_spec` changed once more."""
        changed = {}
        for it in specs:
            declared = self.keys.resolve(it.view.model.key)
            if it.spec.key != declared:
                changed[declared] = it.spec.key
                self.keys.declare(it.view.model.key, it.spec.key)
        return changed

    def _duplicates(self) -> Iterator[Diagnostic]:
        first: dict[dg.AssetKey, PipesAssetManifest] = {}
        for it in self.emitted.values():
            earlier = first.setdefault(it.spec.key, it.view)
            if earlier is not it.view:
                yield Diagnostic(
                    Code.DUPLICATE_ASSET,
                    f"`{it.view.manifest_key}` and `{earlier.manifest_key}` are both"
                    f" `{it.spec.key.to_user_string()}` in Dagster",
                    it.view.model.location,
                    _whose(it.view, PipesAssetManifest, "asset_key", "asset_spec"),
                    (Related(earlier.model.location, "the other one"),),
                )

    def _unknown(self) -> Iterator[Diagnostic]:
        python = {self.keys.resolve(key) for key in self.project.asset_keys}
        known = {it.spec.key for it in self.emitted.values()} | python
        for it in self.emitted.values():
            for dep in it.spec.deps:
                if dep.asset_key not in known:
                    name = dep.asset_key.to_user_string()
                    close = similar(name, [key.to_user_string() for key in known], "an asset")
                    help_ = "; ".join(
                        part
                        for part in (
                            _whose(it.view, PipesAssetManifest, "deps", "asset_spec"),
                            close,
                        )
                        if part
                    )
                    message = f"`{it.view.manifest_key}` depends on `{name}`, which is no asset"
                    where = it.view.model.location
                    yield Diagnostic(Code.UNKNOWN_DEPENDENCY, message, where, help_)

    def _cycles(self) -> Iterator[Diagnostic]:
        views = {it.spec.key.to_user_string(): it.view for it in self.emitted.values()}
        graph = {
            it.spec.key.to_user_string(): [d.asset_key.to_user_string() for d in it.spec.deps]
            for it in self.emitted.values()
        }
        for cycle in cycles(graph):
            path = " → ".join(f"`{key}`" for key in (*cycle, cycle[0]))
            view = views[cycle[0]]
            message = f"these assets are made from each other: {path}"
            where = view.model.location
            help_ = _whose(view, PipesAssetManifest, "deps", "asset_spec")
            yield Diagnostic(Code.DEPENDENCY_CYCLE, message, where, help_)

    def _steps(self) -> Iterator[Diagnostic]:
        first: dict[str, PipesScript] = {}
        for script in self.scripts:
            name = script.manifest.op_name
            earlier = first.setdefault(name, script)
            if earlier is not script:
                yield Diagnostic(
                    Code.INVALID_NAME,
                    f"two steps are called `{name}`",
                    script.model.location,
                    _whose(script.manifest, PipesScriptManifest, "op_name"),
                    (Related(earlier.model.location, "the other one"),),
                )


def _has_overrides(script: PipesScript) -> bool:
    views = (script.script_manifest_class(), script.asset_manifest_class())
    return views != (PipesScriptManifest, PipesAssetManifest)


def _asked(view: PipesAssetManifest, name: str) -> Any:
    """An owner's property; an exception in it says which asset it was asked for."""
    try:
        return getattr(view, name)
    except Exception as error:
        error.add_note(f"in `{type(view).__name__}.{name}`, for {view.model.location}")
        raise


def _key(value: Any) -> dg.AssetKey:
    return (
        dg.AssetKey(value.split("/"))
        if isinstance(value, str)
        else dg.AssetKey.from_coercible(value)
    )


def _with_keys(it: Emitted, changed: Mapping[dg.AssetKey, dg.AssetKey]) -> Emitted:
    deps = [d._replace(asset_key=changed.get(d.asset_key, d.asset_key)) for d in it.spec.deps]
    return Emitted(it.view, it.spec.replace_attributes(deps=deps))


def _refused(view: PipesAssetManifest, why: str) -> Diagnostic:
    message = f"Dagster refuses `{view.manifest_key}`: {why.strip().splitlines()[0]}"
    help_ = _whose(view, PipesAssetManifest, *_PROPERTIES)
    return Diagnostic(Code.INVALID_VALUE, message, view.model.location, help_)


def _refused_step(script: PipesScript, why: str) -> Diagnostic:
    message = f"Dagster refuses the step of `{script.name}`: {why.strip().splitlines()[0]}"
    names = ("op_name", "op_tags", "pool", "retry_policy", "can_subset")
    help_ = _whose(script.manifest, PipesScriptManifest, *names)
    return Diagnostic(Code.INVALID_VALUE, message, script.model.location, help_)


_PROPERTIES = ("owners", "tags", "kinds", "metadata", "deps", "code_version", "asset_spec")


def _whose(view: object, ours: type, *names: str) -> str | None:
    """The first of these properties that an owner's class overrides."""
    for name in names:
        for cls in type(view).__mro__:
            if cls is ours:
                break
            if name in vars(cls):
                return f"the platform owner's `{cls.__name__}.{name}` has a part in this"
    return None
