"""What the owner's classes make of an asset, compared with what its manifest alone would give."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import dagster as dg

from pipes_projects.analysis.explanation import Made, hashed
from pipes_projects.emitter.answers.attribution import Override, overriding
from pipes_projects.emitter.answers.override_checks import Emitted
from pipes_projects.emitter.inspection.definitions_file import call_of, refused
from pipes_projects.emitter.inspection.from_dagster import Plain, metadata_of, tags_of
from pipes_projects.emitter.loading.build import Attempt, Platform, attempt_at, compiled
from pipes_projects.emitter.loading.errors import NotDeployedError
from pipes_projects.emitter.owner.description import page_link
from pipes_projects.emitter.owner.hooks import OwnerError, asked
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.values import properties_of
from pipes_projects.emitter.owner.views import (
    PipesAssetManifest,
    PipesScriptManifest,
)
from pipes_projects.emitter.project import Call, PipesProject, deployed
from pipes_projects.layout import Layout

_NAMES: Final = {"check_specs": "checks", "column_schema": "columns"}
"""What properties are called here, if manifests use another word."""
_NOT_SHOWN: Final = frozenset({"asset_spec", "code_references"})
"""The property of an asset that contains all the others, and the one that says where it is."""


class NotMadeError(Exception):
    """Dagster does not get the asset at all; says why."""


def definitions_of(layout: Layout, key: str) -> list[Made]:
    """What Dagster gets for an asset; raises `NotMadeError`, or what `schema` raises."""
    with emitted_of(layout, key) as emitted:
        return asked(lambda: list(_made(emitted)))


@contextmanager
def emitted_of(layout: Layout, key: str) -> Iterator[Emitted]:
    """An asset as the owner's classes make it, for as long as they stay imported; raises what
    `definitions_of` raises."""
    with call_of(layout) as call, _asking(layout, call.project):
        attempt = _attempt(_owner(call), layout)
        if key not in attempt.emission.emitted:
            raise NotMadeError(_why_not(attempt, key))
        yield attempt.emission.emitted[key]


def _owner(call: Call) -> Platform:
    """With what its deployment has shipped, if it has one; raises `NotMadeError`."""
    owner = call.project._owner()
    try:
        is_deployed = call.is_deployed
        return deployed(owner, call.layout, call.deployment, False) if is_deployed else owner
    except NotDeployedError as error:
        raise NotMadeError(str(error)) from None


def _attempt(owner: Platform, layout: Layout) -> Attempt:
    """The first pass of `make_defs()`, over everything that is not in error."""
    return attempt_at(owner, layout, {}, compiled(owner, layout))


@contextmanager
def _asking(layout: Layout, project: type[PipesProject]) -> Iterator[None]:
    """An error from the owner's code is reported; one from ours is a bug."""
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
        is_theirs = isinstance(error, (OwnerError, AttributeError))  # no such added field
        if is_ours and not is_theirs:
            raise
        raise refused(layout, project, error) from error


def _why_not(attempt: Attempt, key: str) -> str:
    compilation = attempt.compilation
    places = {asset.location.path for asset in compilation.project.assets() if asset.key == key}
    errors = (
        finding
        for finding in (*attempt.emission.found, *compilation.diagnostics)
        if finding.is_error
    )
    about = (finding for finding in errors if finding.location.path in places)
    if error := next(about, None):
        return "; ".join(part for part in (error.message, error.help) if part)
    return "the classes of this project do not know it: see `pipes-projects schema --check`"


def _made(emitted: Emitted) -> Iterator[Made]:
    """Each value next to the manifest's, with the property that changed it."""
    view, ours = emitted.view, _our_view(emitted.view)
    given = values_of(view, emitted.spec, ours.script)
    manifest = values_of(ours, ours.asset_spec, ours.script)
    before = given
    if overriding(view, PipesAssetManifest, "asset_spec"):
        before = values_of(view, _asset_spec(view), ours.script)
    for name, value in given.items():
        differs = value != manifest[name]
        if differs or value not in (None, [], {}, False):
            by = _by(view, name, differs, value != before[name])
            yield Made(name, value, manifest[name], by)


def _our_view(view: PipesAssetManifest) -> PipesAssetManifest:
    """The same asset from our own classes: what its manifest says."""
    manifest_view = view.script
    script = PipesScript(
        manifest_view.model,
        manifest_view.root,
        manifest_view.default_op_name,
        manifest_view.project_keys,
        manifest_view.catalog,
    )
    views: list[PipesAssetManifest] = script.assets
    return next(ours for ours in views if ours.model is view.model)


def _asset_spec(view: PipesAssetManifest) -> dg.AssetSpec:
    """The spec from the owner's properties, before their class takes over."""
    getter: Any = PipesAssetManifest.asset_spec
    spec: dg.AssetSpec = getter.fget(view)
    return spec


def values_of(view: PipesAssetManifest, spec: dg.AssetSpec, ours: PipesScript) -> dict[str, Any]:
    """What Dagster gets: what the properties say, after an override of `asset_spec`."""
    of_asset = {
        name: _of_spec(name, view, spec, ours)
        for name in properties_of(PipesAssetManifest)
        if name not in _NOT_SHOWN
    }
    of_step = {
        name: getattr(view.script.manifest, name)
        for name in properties_of(PipesScriptManifest)
        if view.script.model.runs and name not in of_asset
    }
    values = {_NAMES.get(name, name): value for name, value in {**of_asset, **of_step}.items()}
    plain: dict[str, Any] = Plain(view.script.catalog)(values)
    return plain


def _of_spec(name: str, view: PipesAssetManifest, spec: dg.AssetSpec, ours: PipesScript) -> Any:
    """A value of an asset from its spec or, if the spec lacks it, from its property."""
    apart: dict[str, Callable[[], Any]] = {
        "asset_key": lambda: spec.key,
        "check_specs": lambda: view.check_specs,
        "code_version": lambda: _named_version(spec.code_version, ours),
        "column_schema": lambda: spec.metadata.get("dagster/column_schema"),
        "description": lambda: _in_words(spec.description, view, ours),
        "metadata": lambda: metadata_of(spec),
        "tags": lambda: tags_of(spec),
    }
    return apart[name]() if name in apart else getattr(spec if hasattr(spec, name) else view, name)


def _in_words(description: str | None, view: PipesAssetManifest, ours: PipesScript) -> str | None:
    """The author's or the owner's words alone, because the source is long."""
    page = page_link(ours.catalog.catalog_url, view.manifest_key)
    text = (description or "").removesuffix(page or "").rstrip()
    return text.removesuffix(ours.shown_source or "").strip() or None


def _named_version(version: str | None, ours: PipesScript) -> str | None:
    code = ours.code if version is not None else None
    return hashed(code) if code and version == code.version else version


def _by(view: PipesAssetManifest, name: str, differs: bool, is_taken_over: bool) -> str | None:
    """The owner's property that a value comes from."""
    override = _override(view, name, is_taken_over)
    return override.name if override else (type(view.script).__name__ if differs else None)


def _override(view: PipesAssetManifest, name: str, is_taken_over: bool) -> Override | None:
    if is_taken_over:
        return overriding(view, PipesAssetManifest, "asset_spec")
    prop = next((prop for prop, shown in _NAMES.items() if shown == name), name)
    above = "tags" if name == "kinds" else prop
    return overriding(view, PipesAssetManifest, prop) or overriding(
        view.script.manifest, PipesScriptManifest, above
    )
