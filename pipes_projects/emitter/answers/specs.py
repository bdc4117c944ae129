"""Project → scripts and specs: calls the owner's classes, and checks what they return."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.analysis.code_version.parts import CodeReader
from pipes_projects.analysis.quarantine import Isolation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.attribution import has_overrides
from pipes_projects.emitter.answers.inquiry import Inquiry
from pipes_projects.emitter.answers.op_names import op_names
from pipes_projects.emitter.answers.override_checks import Answers, Emitted, broken
from pipes_projects.emitter.owner.hooks import asked, shown
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.script import PipesScript, read_by
from pipes_projects.emitter.owner.views import PipesAssetManifest
from pipes_projects.project import Project
from pipes_projects.source import Location


@dataclass(frozen=True)
class Emission:
    """A project as its owner's classes have it."""

    scripts: tuple[PipesScript, ...]
    emitted: Mapping[str, Emitted]
    """The assets that can be used, by their keys in manifests."""
    found: tuple[Diagnostic, ...]
    """What cannot be used, or was broken by an override."""


def emission_of(
    project: Project,
    classes: Mapping[str, type[PipesScript]],
    root: Path,
    catalog: Catalog,
    keys: KeyTable,
    inquiry: Inquiry,
    isolation: Isolation | None = None,
    names: Mapping[str, str] | None = None,
) -> Emission:
    """Ask the classes for all keys first, because every dependency needs them, then for the specs.

    The keys are added to `keys`, which already has those in quarantine. `names` are the names of
    the steps, if this is part of a project that was emitted as a whole before.
    """
    is_part = names is not None
    names = names or op_names((isolation.whole if isolation else project).scripts)
    made = tuple(_made(project, classes, root, names, catalog, keys, inquiry))
    scripts = tuple(answer for answer in made if isinstance(answer, PipesScript))
    refused = dict(_declared(scripts, keys, inquiry))
    answers = tuple(_specs(scripts, refused, inquiry))
    specs = _with_keys([answer for answer in answers if isinstance(answer, Emitted)], keys)
    unmade = (answer for answer in (*made, *answers) if isinstance(answer, Diagnostic))
    found = (*refused.values(), *unmade)
    # Without overrides, the compiler has said it all; a refused asset is missing for others.
    if not found and not is_part and any(map(has_overrides, classes.values())):
        found = tuple(_refused_scripts(scripts, inquiry))
        found = found or tuple(broken(_answers(project, scripts, specs, keys, isolation)))
    return Emission(scripts, {emitted.view.model.key: emitted for emitted in specs}, found)


def _made(
    project: Project,
    classes: Mapping[str, type[PipesScript]],
    root: Path,
    names: Mapping[str, str],
    catalog: Catalog,
    keys: KeyTable,
    inquiry: Inquiry,
) -> Iterator[PipesScript | Diagnostic]:
    reader = CodeReader(root)
    for script in project.scripts:
        cls = classes[script.kind]
        make = partial(cls, script, root, names[script.name], keys, catalog)
        made = inquiry.of_class(script, cls, make)
        if isinstance(made, PipesScript):
            read_by(made, reader)
        yield made


def _declared(
    scripts: Iterable[PipesScript], keys: KeyTable, inquiry: Inquiry
) -> Iterator[tuple[Location, Diagnostic]]:
    """Declare each key; yields the refused assets, which keep the key of their manifest."""
    for view in _views(scripts):
        key = inquiry.of_asset(view, key_of)
        if isinstance(key, Diagnostic):
            yield view.model.location, key
            key = _key(view.model.key)
        keys.declare(view.model.key, key)


def _specs(
    scripts: Iterable[PipesScript], refused: Mapping[Location, Diagnostic], inquiry: Inquiry
) -> Iterator[Emitted | Diagnostic]:
    for script in scripts:
        for view in script.assets:
            if view.model.location not in refused:
                spec = inquiry.of_asset(view, spec_of)
                yield spec if isinstance(spec, Diagnostic) else Emitted(view, spec)
        script.forget(only_code=True)


def _views(scripts: Iterable[PipesScript]) -> Iterator[PipesAssetManifest]:
    for script in scripts:
        yield from script.assets


def _with_keys(specs: list[Emitted], keys: KeyTable) -> list[Emitted]:
    """The specs, whose dependencies use the keys that an override of `asset_spec` changed."""
    changed = {}
    for emitted in specs:
        declared = keys.resolve(emitted.view.model.key)
        if emitted.spec.key != declared:
            changed[declared] = emitted.spec.key
            keys.declare(emitted.view.model.key, emitted.spec.key)
    return [_rewired(emitted, changed) for emitted in specs] if changed else specs


def _rewired(emitted: Emitted, changed: Mapping[dg.AssetKey, dg.AssetKey]) -> Emitted:
    deps = [d._replace(asset_key=changed.get(d.asset_key, d.asset_key)) for d in emitted.spec.deps]
    return Emitted(emitted.view, emitted.spec.replace_attributes(deps=deps))


def _refused_scripts(scripts: Iterable[PipesScript], inquiry: Inquiry) -> Iterator[Diagnostic]:
    """What all scripts are asked before any step is made; bad values are refused by the step."""
    for script in scripts:
        answer = inquiry.of_script(script, _check_step)
        if isinstance(answer, Diagnostic):
            yield answer


def _check_step(script: PipesScript) -> None:
    """Raises for anything that would break the comparison of all steps."""
    name, can_subset = script.manifest.op_name, script.manifest.can_subset
    if not isinstance(name, str):
        raise TypeError(f"`op_name` is a text, not {shown(name)}")
    if not isinstance(can_subset, bool):
        raise TypeError(f"`can_subset` is true or false, not {shown(can_subset)}")


def _answers(
    project: Project,
    scripts: tuple[PipesScript, ...],
    specs: Iterable[Emitted],
    keys: KeyTable,
    isolation: Isolation | None,
) -> Answers:
    whole = isolation.whole if isolation else project
    placeholders = isolation.placeholders.values() if isolation else ()
    return Answers(
        scripts,
        tuple(specs),
        frozenset(map(keys.resolve, whole.asset_keys)),
        frozenset(map(keys.resolve, project.asset_keys)),
        {
            keys.resolve(placeholder.key): placeholder.declared[0][1]
            for placeholder in placeholders
            if placeholder.declared
        },
    )


def _key(value: Any) -> dg.AssetKey:
    key = dg.AssetKey(value.split("/")) if isinstance(value, str) else value
    if not isinstance(key, dg.AssetKey) or not all(key.parts):
        raise TypeError(f"`asset_key` is an AssetKey or a text, not {shown(value)}")
    return key


def key_of(view: PipesAssetManifest) -> dg.AssetKey:
    """What an asset is called in Dagster; raises what its owner's class raises."""
    return asked(lambda: _key(view.asset_key))


def spec_of(view: PipesAssetManifest) -> dg.AssetSpec:
    """An asset as Dagster gets it; raises what its owner's class raises."""
    spec = asked(lambda: _spec(view.asset_spec))
    shipped = view.script.catalog.shipped
    return shipped.marked(spec) if shipped else spec


def _spec(value: Any) -> dg.AssetSpec:
    if not isinstance(value, dg.AssetSpec):
        raise TypeError(f"`asset_spec` is an AssetSpec, not {shown(value)}")
    return value
