"""What the owner's classes make of an asset, beside what its manifest alone would be."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import dagster as dg

from pipes_projects.analysis.explanation import Made, Words
from pipes_projects.compiler import Compilation
from pipes_projects.emitter.inspection.definitions_file import project_of, refused
from pipes_projects.emitter.inspection.from_dagster import Plain, metadata_of, tags_of
from pipes_projects.emitter.loading.attribution import overriding
from pipes_projects.emitter.loading.build import Attempt, Owner, compiled
from pipes_projects.emitter.loading.override_checks import Emitted
from pipes_projects.emitter.loading.specs import Emission
from pipes_projects.emitter.owner.description import fenced
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.emitter.project import PipesProject
from pipes_projects.layout import Layout

_PROPERTIES: Final = {"checks": "check_specs", "columns": "column_schema"}
_OF_SCRIPT: Final = (
    *("op_name", "extras", "schedule", "backfill_policy"),
    *("retry_policy", "pool", "can_subset", "op_tags"),
)


class NotMadeError(Exception):
    """Dagster is given nothing of the asset; says why."""


def definitions_of(layout: Layout, key: str) -> list[Made]:
    """What Dagster is given of an asset; raises `NotMadeError`, or what `schema` raises."""
    with project_of(layout) as project, _asking(layout, project):
        compilation, emission = _emission(project._owner(), layout)
        if key not in emission.emitted:
            raise NotMadeError(_why_not(compilation, emission, key))
        return list(_made(emission.emitted[key]))


def _emission(owner: Owner, layout: Layout) -> tuple[Compilation, Emission]:
    """What `make_defs()` would ask first, of everything that is not in error."""
    compilation = compiled(owner, layout)
    return compilation, Attempt(owner, layout, {}, compilation).emission


@contextmanager
def _asking(layout: Layout, project: type[PipesProject]) -> Iterator[None]:
    """What the owner's code raises is told; what ours raises is a bug."""
    try:
        with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
            yield
    except NotMadeError:
        raise
    except Exception as error:
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        module = frame.tb_frame.f_globals.get("__name__", "") if frame else ""
        is_ours = module.partition(".")[0] == __name__.partition(".")[0]
        if is_ours and not isinstance(error, AttributeError):  # an added field that is not there
            raise
        raise refused(layout, project, error) from error


def _why_not(compilation: Compilation, emission: Emission, key: str) -> str:
    places = {it.location.path for it in compilation.project.assets() if it.key == key}
    errors = (it for it in (*emission.found, *compilation.diagnostics) if it.is_error)
    about = (it for it in errors if it.location.path in places)
    if error := next(about, None):
        return "; ".join(part for part in (error.message, error.help) if part)
    return "the classes of this project do not know it: see `pipes-projects schema --check`"


def _made(emitted: Emitted) -> Iterator[Made]:
    """Each value, beside the manifest's, and the property that makes the difference."""
    view, ours = emitted.view, _our_view(emitted.view)
    given = _values(view, emitted.spec, ours.script)
    manifest = _values(ours, ours.asset_spec, ours.script)
    before = given
    if overriding(view, PipesAssetManifest, "asset_spec"):
        before = _values(view, _asset_spec(view), ours.script)
    for name, value in given.items():
        differs = value != manifest[name]
        if differs or value not in (None, [], {}, False):
            by = _by(view, name, differs, value != before[name])
            yield Made(name, value, manifest[name], by)


def _our_view(view: PipesAssetManifest) -> PipesAssetManifest:
    """The same asset by our own classes: what its manifest says."""
    it = view.script
    script = PipesScript(it.model, it.root, it.default_op_name, it.project_keys, it.catalog)
    views: list[PipesAssetManifest] = script.assets
    return next(ours for ours in views if ours.model is view.model)


def _asset_spec(view: PipesAssetManifest) -> dg.AssetSpec:
    """The spec of the owner's properties, before their class takes over."""
    getter: Any = PipesAssetManifest.asset_spec
    spec: dg.AssetSpec = getter.fget(view)
    return spec


def _values(view: PipesAssetManifest, spec: dg.AssetSpec, ours: PipesScript) -> dict[str, Any]:
    runs = _OF_SCRIPT if view.script.model.runs else ()
    values = {
        "asset_key": spec.key,
        "group_name": spec.group_name,
        **{name: getattr(view.script.manifest, name) for name in runs},
        "description": _without_source(spec.description, ours),
        "deps": spec.deps,
        "owners": spec.owners,
        "tags": tags_of(spec),
        "kinds": spec.kinds,
        "metadata": metadata_of(spec),
        "columns": spec.metadata.get("dagster/column_schema"),
        "code_version": _named_version(spec.code_version, ours),
        "partitions_def": spec.partitions_def,
        "automation_condition": spec.automation_condition,
        "freshness_policy": spec.freshness_policy,
        "checks": view.check_specs,
    }
    plain: dict[str, Any] = Plain(view.script.catalog)(values)
    return plain


def _without_source(description: str | None, ours: PipesScript) -> str | None:
    """The author's words, or the owner's: the source is long."""
    source = fenced(ours.source, ours.model.path) if ours.source and ours.model.path else ""
    return (description or "").removesuffix(source).strip() or None


def _named_version(version: str | None, ours: PipesScript) -> str | None:
    is_hash = version is not None and version == ours.content_hash
    return Words("hash of the script") if is_hash else version


def _by(view: PipesAssetManifest, name: str, differs: bool, is_taken_over: bool) -> str | None:
    """The owner's property that has a part in a value."""
    if is_taken_over:
        return overriding(view, PipesAssetManifest, "asset_spec")
    prop = _PROPERTIES.get(name, name)
    above = "tags" if name == "kinds" else prop
    return (
        overriding(view, PipesAssetManifest, prop)
        or overriding(view.script.manifest, PipesScriptManifest, above)
        or (type(view.script).__name__ if differs else None)
    )
