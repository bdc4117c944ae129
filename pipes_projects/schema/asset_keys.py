"""`asset-keys.json`: the keys that a project has, for editors; its contract refers to it.

Git may merge two versions of it by keeping the lines of both (`merge=union`), so each key is on a
line of its own, with its comma, and every other line is the same in every version. Only the line
that says whether there are too many keys to list has two forms; it is far from the keys, so that no
conflict about them can include it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pipes_projects.disk.writing import current, write
from pipes_projects.layout import ASSET_KEYS, Layout
from pipes_projects.manifest.model import KEY_PATTERN
from pipes_projects.project import Project
from pipes_projects.schema import Schema
from pipes_projects.schema.fields import DRAFT, NOTES

MOST = 5_000
"""Editors take quadratic time for a list; above this, any text that can be a key is accepted."""

_UNKNOWN = (
    "no asset of this name is known to asset-keys.json; if it is new, run `pipes-projects editor`"
)
_ABOUT = "Made by `pipes-projects editor`. Commit it; git merges it by taking the lines of both."
_SENTINEL = "        null\n"


def render_keys(keys: Iterable[str]) -> str:
    """The text of the file."""
    listed = sorted(set(keys))
    head, tail = _frame(many=len(listed) > MOST)
    lines = (f"        {json.dumps(key, ensure_ascii=False)},\n" for key in listed)
    return f"{head}{''.join(lines) if len(listed) <= MOST else ''}{tail}"


def listed_keys(text: str) -> frozenset[str]:
    """The keys in such a text, if it is one."""
    try:
        keys = json.loads(text)["$defs"]["listed"]["enum"]
        return frozenset(key for key in keys if isinstance(key, str))
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def write_keys(layout: Layout, project: Project) -> bool:
    """Bring the file of a project up to date; returns whether that changed it."""
    before = (current(layout.root, ASSET_KEYS, "replace") or "").replace("\r\n", "\n")
    fresh = fresh_keys(project, before)
    return fresh != before and write(layout.root, ASSET_KEYS, fresh)


def fresh_keys(project: Project, before: str = "") -> str:
    """The text for a project. If a manifest cannot be read, its previously known keys are kept."""
    keys = {asset.key for asset in project.assets()} | project.asset_keys
    if project.opaque_groups:
        keys |= set(_kept(listed_keys(before), project.opaque_groups))
    return render_keys(keys)


def _kept(keys: frozenset[str], groups: frozenset[str]) -> Iterator[str]:
    return (key for key in keys if key.partition("/")[0] in groups)


def with_references(schema: Schema) -> Schema:
    """The schema of manifests, which refers to the file of keys wherever an asset's key is
    expected."""
    properties = schema["properties"]
    asset = properties["assets"]["additionalProperties"]
    asset = {**asset, "properties": _referring(asset["properties"])}
    assets = {**properties["assets"], "additionalProperties": asset}
    return {**schema, "properties": _referring({**properties, "assets": assets})}


def _referring(properties: Schema) -> Schema:
    deps = properties["deps"]
    branches = [_branch(dep) for dep in deps["items"]["anyOf"]]
    return {**properties, "deps": {**deps, "items": {**deps["items"], "anyOf": branches}}}


def _branch(branch: Schema) -> Schema:
    """The schema of a dependency: a key, or a mapping with one as its `asset`."""
    if "properties" not in branch:
        return _reference(branch)
    fields = branch["properties"]
    return {**branch, "properties": {**fields, "asset": _reference(fields["asset"])}}


def _reference(field: Schema) -> Schema:
    """Without the field's own rules, whose errors would be shown twice."""
    notes = {key: value for key, value in field.items() if key in NOTES}
    return {**notes, "$ref": Path(ASSET_KEYS).name}


@cache
def _frame(many: bool) -> tuple[str, str]:
    """The lines before and after the keys."""
    text = json.dumps(_schema(many), indent=2, ensure_ascii=False) + "\n"
    head, _, tail = text.partition(_SENTINEL)
    return head, _SENTINEL + tail


def _schema(many: bool) -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "$comment": _ABOUT,
        "$ref": "#/$defs/any" if many else "#/$defs/listed",
        "$defs": {
            "any": {"type": "string", **KEY_PATTERN.schema},
            "listed": {"type": "string", "errorMessage": _UNKNOWN, "enum": [None]},
        },
    }
