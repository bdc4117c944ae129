"""A picture as plain data: the shape in `pipes_projects.render.picture.shape`."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any, Final

from pipes_projects.analysis.explanation import Explained
from pipes_projects.analysis.picture.model import AssetPicture, OtherAsset, Picture
from pipes_projects.analysis.value_history import Origin
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.project import Script
from pipes_projects.text.plain import json_text

VERSION: Final = 1


def render_json(picture: Picture) -> str:
    """One object, with a line for each asset."""
    assets = _lines(plain_asset(shown) for shown in picture.assets)
    others = _lines(map(_other, picture.others))
    head = f'"version": {VERSION}, "has_errors": {json_text(picture.has_errors)}'
    return f'{{{head}, "assets": [{assets}], "others": [{others}]}}\n'


def _lines(items: Iterable[Any]) -> str:
    lines = ",".join(f"\n{json_text(finite(item), None)}" for item in items)
    return f"{lines}\n" if lines else ""


def plain_asset(shown: AssetPicture, with_values: bool = True) -> dict[str, Any]:
    """An asset as data for programs."""
    asset, script, place = shown.asset, shown.script, shown.asset.location
    plain = {
        "key": asset.key,
        "group": asset.group,
        "kind": script.kind,
        "script": script.path,
        "deps": [dep.key for dep in asset.deps],
        "partitions_def": script.fields.partitions_def,
        "schedule": _schedule(script),
        "automation_condition": asset.fields.automation_condition,
        "checks": [check.name for check in asset.checks],
        "owners": list(asset.fields.owners or []),
        "path": place.path,
        "line": place.span.start.line + 1,
        "state": shown.state,
        "errors": list(map(plain_error, shown.errors)),
    }
    return plain | {"values": list(map(plain_value, shown.values))} if with_values else plain


def _other(other: OtherAsset) -> dict[str, Any]:
    return {
        "key": other.key,
        "group": other.group,
        "state": other.state,
        "paths": list(other.paths),
        "errors": list(map(plain_error, other.errors)),
    }


def plain_error(error: Diagnostic) -> dict[str, Any]:
    """An error, and its place."""
    at = error.location
    place = {"path": at.path, "line": at.span.start.line + 1}
    return {"code": error.code, "message": error.message, **place}


def _schedule(script: Script) -> dict[str, Any] | None:
    schedule = script.fields.schedule
    return schedule.model_dump(exclude_none=True) if schedule else None


def plain_value(explained: Explained) -> dict[str, Any]:
    """A value, where it is from, and what it overrides."""
    overrides = [
        {"value": saying.value, **plain_origin(saying.origin)} for saying in explained.overrides
    ]
    return {
        "name": list(explained.name),
        "value": explained.value,
        "origin": plain_origin(explained.origin),
        "overrides": overrides,
    }


def plain_origin(origin: Origin) -> dict[str, Any]:
    """A place, or what else a value follows from."""
    if origin.location:
        return {"path": origin.location.path, "line": origin.location.span.start.line + 1}
    return {"built_in": True} if origin.is_built_in else {"layout": origin.words}


def finite(value: Any) -> Any:
    """The value, with numbers that JSON does not have as text."""
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    if isinstance(value, list):
        return [finite(part) for part in value]
    return flow(value) if isinstance(value, float) and not isfinite(value) else value
