"""Project → scripts and specs: the owner's classes are asked, and what they answer is checked."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Container, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.analysis.quarantine import Isolation
from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.loading.assets import assets_of
from pipes_projects.emitter.loading.attribution import (
    has_overrides,
    in_words,
    is_refusal,
    raised_in,
    refused,
    refused_step,
)
from pipes_projects.emitter.loading.op_names import op_names
from pipes_projects.emitter.loading.override_checks import Answers, Emitted, broken
from pipes_projects.emitter.loading.schedules import Scheduled, scheduled, schedules_of
from pipes_projects.emitter.owner.catalog import Catalog
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest
from pipes_projects.project import Project
from pipes_projects.source import Location


class Emission:
    """One pass over a project: keys first, because every dependency needs them; then specs."""

    def __init__(
        self,
        project: Project,
        classes: Mapping[str, type[PipesScript]],
        root: Path,
        catalog: Catalog,
        keys: KeyTable | None = None,
        resources: Container[str] = (),
        isolation: Isolation | None = None,
        lenient: bool = False,
    ) -> None:
        self.resources = resources
        self.isolation = isolation
        self.lenient = lenient or isolation is not None
        self.keys = keys or KeyTable()
        self.found: list[Diagnostic] = []
        self.unusable: set[Location] = set()
        self.scheduled: list[Scheduled] = []
        names = op_names((isolation.whole if isolation else project).scripts)
        self.scripts = [
            classes[script.kind](script, root, names[script.name], self.keys, catalog)
            for script in project.scripts
        ]
        for asset in self._views():
            self._declare(asset)
        self.emitted = {it.view.model.key: it for it in self._specs()}
        # Where nothing is overridden, the compiler said it; what is refused is missed by others.
        if not self.found and any(map(has_overrides, classes.values())):
            self._ask_scripts()
            self.found += () if self.found else broken(self._answers(project))

    def _answers(self, project: Project) -> Answers:
        whole = self.isolation.whole if self.isolation else project
        placeholders = self.isolation.placeholders.values() if self.isolation else ()
        return Answers(
            self.scripts,
            tuple(self.emitted.values()),
            frozenset(map(self.keys.resolve, whole.asset_keys)),
            frozenset(map(self.keys.resolve, project.asset_keys)),
            {self.keys.resolve(it.key): it.declared[0][1] for it in placeholders if it.declared},
        )

    def _declare(self, view: PipesAssetManifest) -> None:
        key = self._asked(view, partial(key_of, view))
        self.keys.declare(view.model.key, key or _key(view.model.key))

    def _asked(self, view: PipesAssetManifest, ask: Callable[[], Any]) -> Any:
        """What an owner's class answers; None, with one finding, where it cannot be used."""
        if view.model.location in self.unusable:
            return None
        try:
            return ask()
        except Exception as error:
            self.unusable.add(view.model.location)
            if is_refusal(error):
                self.found.append(refused(view, error))
            else:
                self._raised(error, view, view.script.manifest, view.script)
            return None

    def _ask_scripts(self) -> None:
        """What is asked of all scripts before any step is made; a step refuses the values."""
        for script in self.scripts:
            try:
                _ = script.manifest.op_name, script.manifest.can_subset
            except Exception as error:
                self._refuse_step(script, error)

    def _raised(self, error: Exception, *views: Any) -> None:
        """An owner's own error: of one manifest in quarantine, else of the whole project."""
        view = views[0]
        if not self.lenient:
            error.add_note(f"in `{type(view).__name__}`, for {view.model.location}")
            raise error
        said = f"`{raised_in(error, *views)}` raised {in_words(error)}"
        help_ = "the platform owner's class cannot deal with what this manifest says"
        self.found.append(Diagnostic(Code.INVALID_VALUE, said, view.model.location, help_))

    def assets(self) -> list[dg.AssetsDefinition | dg.AssetSpec]:
        """Everything that Dagster should know; nothing, where there are findings already."""
        made: list[dg.AssetsDefinition | dg.AssetSpec] = []
        for script in () if self.found else self.scripts:
            specs = [self.emitted[asset.model.key].spec for asset in script.assets]
            try:
                made += [self._step(script, specs)] if script.model.runs else specs
            except Exception as error:
                self._refuse_step(script, error)
            script.forget()
        return made

    def _refuse_step(self, script: PipesScript, error: Exception) -> None:
        if is_refusal(error):
            self.found.append(refused_step(script, error))
        else:
            self._raised(error, script.manifest, *script.assets[:1], script)

    def schedules(self, status: dg.DefaultScheduleStatus) -> list[dg.ScheduleDefinition]:
        """The schedules of the scripts that have one; known once the assets are made."""
        return schedules_of(self.scheduled, status)

    def _step(self, script: PipesScript, specs: list[dg.AssetSpec]) -> dg.AssetsDefinition:
        made = assets_of(script, specs, self.resources)
        if script.manifest.schedule is not None:
            self.scheduled.append(scheduled(script, specs, self._makers))
        return made

    @cached_property
    def _makers(self) -> dict[dg.AssetKey, str]:
        return {it.spec.key: it.view.script.name for it in self.emitted.values()}

    def _views(self) -> Iterator[PipesAssetManifest]:
        for script in self.scripts:
            yield from script.assets

    def _specs(self) -> Iterator[Emitted]:
        specs = []
        for script in self.scripts:
            for view in script.assets:
                spec = self._asked(view, partial(spec_of, view))
                specs += [Emitted(view, spec)] if spec else []
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


def _key(value: Any) -> dg.AssetKey:
    key = dg.AssetKey(value.split("/")) if isinstance(value, str) else value
    if not isinstance(key, dg.AssetKey) or not all(key.parts):
        raise TypeError(f"{value!r} is no asset key")
    return key


def key_of(view: PipesAssetManifest) -> dg.AssetKey:
    """What an asset is called in Dagster; raises what its owner's class raises."""
    return _key(view.asset_key)


def spec_of(view: PipesAssetManifest) -> dg.AssetSpec:
    """An asset as Dagster takes it; raises what its owner's class raises."""
    value = view.asset_spec
    if not isinstance(value, dg.AssetSpec):
        raise TypeError(f"{value!r} is no AssetSpec")
    return value


def _with_keys(it: Emitted, changed: Mapping[dg.AssetKey, dg.AssetKey]) -> Emitted:
    deps = [d._replace(asset_key=changed.get(d.asset_key, d.asset_key)) for d in it.spec.deps]
    return Emitted(it.view, it.spec.replace_attributes(deps=deps))
