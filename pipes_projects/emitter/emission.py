"""Project → scripts and specs: the owner's classes are asked, and what they answer is checked."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Container, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from types import CodeType
from typing import Any

import dagster as dg
from pydantic import ValidationError

from pipes_projects.compiler.quarantine import Isolation
from pipes_projects.diagnostics import Code, Diagnostic
from pipes_projects.emitter import overrides, views
from pipes_projects.emitter.catalog import Catalog
from pipes_projects.emitter.definitions import assets_of
from pipes_projects.emitter.keys import KeyTable
from pipes_projects.emitter.op_names import op_names
from pipes_projects.emitter.overrides import Answers, Emitted, whose
from pipes_projects.emitter.schedules import Scheduled, scheduled, schedules_of
from pipes_projects.emitter.script import PipesScript
from pipes_projects.emitter.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.project import Project
from pipes_projects.source import Location

EXTERNAL = "external"


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
        if not self.found and any(map(overrides.has_overrides, classes.values())):
            self._ask_scripts()
            self.found += () if self.found else overrides.broken(self._answers(project))

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
            if _is_refusal(error):
                self.found.append(_refused(view, error))
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
        said = f"`{_raised_in(error, *views)}` raised {_in_words(error)}"
        help_ = "the platform owner's class cannot deal with what this manifest says"
        self.found.append(Diagnostic(Code.INVALID_VALUE, said, view.model.location, help_))

    def assets(self) -> list[dg.AssetsDefinition | dg.AssetSpec]:
        """Everything that Dagster should know; nothing, where there are findings already."""
        made: list[dg.AssetsDefinition | dg.AssetSpec] = []
        for script in () if self.found else self.scripts:
            specs = [self.emitted[asset.model.key].spec for asset in script.assets]
            try:
                made += specs if script.kind == EXTERNAL else [self._step(script, specs)]
            except Exception as error:
                self._refuse_step(script, error)
            script.forget()
        return made

    def _refuse_step(self, script: PipesScript, error: Exception) -> None:
        if _is_refusal(error):
            self.found.append(_refused_step(script, error))
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


def _is_refusal(error: Exception) -> bool:
    """Whether Dagster, Pydantic or we raised it, over a value; else it is the owner's own."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    module = frame.tb_frame.f_globals.get("__name__", "") if frame else ""
    if module == views.__name__ and isinstance(error, AttributeError):  # there is no such field
        return False
    return module.partition(".")[0] in ("dagster", "dagster_shared", "pydantic", "pipes_projects")


def _raised_in(error: Exception, *views: Any) -> str:
    """The owner's property that raised an error: the innermost; else the owner's class."""
    found, frame = type(views[0]).__name__, error.__traceback__
    named = dict(pair for view in views for pair in _properties(type(view)))
    while frame:
        found = named.get(frame.tb_frame.f_code, found)
        frame = frame.tb_next
    return found


def _properties(view: type) -> Iterator[tuple[CodeType, str]]:
    """The code of an owner's properties and methods, with their names."""
    ours = (views.__name__, PipesScript.__module__)
    for cls in (it for it in view.__mro__ if it.__module__ not in ours):
        for name, it in vars(cls).items():
            function = getattr(it, "fget", None) or getattr(it, "func", it)
            code = getattr(function, "__code__", None)
            if isinstance(code, CodeType):
                yield code, f"{cls.__name__}.{name}"


def _in_words(error: Exception) -> str:
    said = _first_line(error)
    name = type(error).__name__
    return name if said == name else f"{name}: {said}"


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


def _refused(view: PipesAssetManifest, error: Exception) -> Diagnostic:
    message = f"Dagster refuses `{view.manifest_key}`: {_first_line(error)}"
    help_ = whose(view, PipesAssetManifest, *_PROPERTIES)
    help_ = help_ or whose(view.script.manifest, PipesScriptManifest, *_OF_SCRIPTS)
    return Diagnostic(Code.INVALID_VALUE, message, view.model.location, help_)


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return _first_error(error)
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(map(str.strip, lines)) if lines[0].endswith(":") else lines[0]


def _first_error(error: ValidationError) -> str:
    """What Pydantic says of the first field; of our own, our sentence alone."""
    first = error.errors(include_url=False)[0]
    said, place = first["msg"], ".".join(map(str, first["loc"]))
    ours = "said" in first.get("ctx", {}) or not place
    return said if ours else f"`{place}`: {said[:1].lower()}{said[1:]}"


def _refused_step(script: PipesScript, error: Exception) -> Diagnostic:
    said = _first_line(error)
    message = f"Dagster refuses the step of `{script.name}`: {said}"
    help_ = _blamed(script, said)
    return Diagnostic(Code.INVALID_VALUE, message, script.model.location, help_)


def _blamed(script: PipesScript, said: str) -> str | None:
    """The override that a step is refused for: what is said may name it, or be of partitions."""
    of_assets = next((names for word, names in _BY_WORD.items() if word in said), ())
    asset = script.assets[0]
    return (
        whose(asset, PipesAssetManifest, *of_assets)
        or whose(script.manifest, PipesScriptManifest, *_OF_STEPS)
        or whose(asset, PipesAssetManifest, "check_specs", "asset_spec")
    )


_OF_SCRIPTS = ("tags", "metadata", "group_name", "partitions_def")
_OF_STEPS = (
    *("op_name", "op_tags", "pool", "retry_policy", "can_subset", "schedule", "backfill_policy"),
)
_BY_WORD = {
    "`check_specs`": ("check_specs",),
    "different partitions_defs": ("partitions_def", "asset_spec"),
    "equal partitions": ("partitions_def", "asset_spec"),
}
_PROPERTIES = (
    *("asset_key", "owners", "tags", "kinds", "metadata", "deps", "code_version", "description"),
    *("group_name", "column_schema", "code_references", "partitions_def", "automation_condition"),
    *("freshness_policy", "check_specs", "asset_spec"),
)
