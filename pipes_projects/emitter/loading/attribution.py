"""Whose property a refusal or an error comes from: Dagster's answer → a finding with a name."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

from pydantic import ValidationError

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.owner import views
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.script_text import ScriptUnreadableError
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest


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


def is_refusal(error: Exception) -> bool:
    """Whether Dagster, Pydantic or we raised it, over a value; else it is the owner's own."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    module = frame.tb_frame.f_globals.get("__name__", "") if frame else ""
    if module == views.__name__ and isinstance(error, AttributeError):  # there is no such field
        return False
    return module.partition(".")[0] in ("dagster", "dagster_shared", "pydantic", "pipes_projects")


def raised_in(error: Exception, *views: Any) -> str:
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


def refused(view: PipesAssetManifest, error: Exception) -> Diagnostic:
    if isinstance(error, ScriptUnreadableError):
        where, then = view.script.model.location, "it was there when the project was compiled"
        return Diagnostic(Code.MISSING_SCRIPT, str(error), where, then)
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


def refused_step(script: PipesScript, error: Exception) -> Diagnostic:
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
