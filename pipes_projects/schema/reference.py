"""The models → `docs/manifest.md`: every field, in the words that editors show."""

from __future__ import annotations

from collections.abc import Container, Iterator

from pipes_projects.manifest.asset import AssetDefaults, AssetFields, InheritedAssetFields
from pipes_projects.manifest.asset_checks import ScriptCheck
from pipes_projects.manifest.script import InheritedScriptFields, ScriptFields
from pipes_projects.schema import Schema
from pipes_projects.schema.fields import model_schema

_TYPES = {"string": "text", "integer": "number", "object": "mapping", "array": "list"}
_HEAD = "| field | form | meaning |\n|---|---|---|\n"


def render_reference() -> str:
    """The page, as it is committed."""
    return "\n".join(_sections())


def _sections() -> Iterator[str]:
    yield "# Every field of a manifest\n"
    yield "`make docs` writes this page from the models; [guide.md](guide.md) shows their use.\n"
    yield "## Of a script\n"
    yield "Fields marked with ↓ may also be in `_defaults.yaml`.\n"
    yield table(model_schema(ScriptFields), InheritedScriptFields.model_fields)
    yield "## Of an asset\n"
    yield (
        "At the top of a manifest of one asset, or under a name in `assets`. Fields marked with ↓"
        " may also be in `_defaults.yaml`. The top of a manifest of several assets takes all of"
        f" them except {_not_shared()}.\n"
    )
    yield table(model_schema(AssetFields), InheritedAssetFields.model_fields)
    for name, schema in _nested():
        yield f"### {name}\n"
        yield table(schema)
    yield "The options of each kind are in [kinds.md](kinds.md).\n"


def _not_shared() -> str:
    names = sorted(AssetFields.model_fields.keys() - AssetDefaults.model_fields.keys())
    return ", ".join(f"`{name}`" for name in names)


def _nested() -> Iterator[tuple[str, Schema]]:
    script, asset = (model_schema(model)["properties"] for model in (ScriptFields, AssetFields))
    yield "`schedule`", _mapping_of(script["schedule"])
    yield "`backfill_policy`", script["backfill_policy"]
    yield "`retry_policy`", script["retry_policy"]
    yield "`time_window` of `freshness_policy`", _inside(asset["freshness_policy"], "time_window")
    yield "`cron` of `freshness_policy`", _inside(asset["freshness_policy"], "cron")
    yield "An entry of `deps` that is more than a key", _mapping_of(asset["deps"]["items"])
    yield "An entry of `checks`", model_schema(ScriptCheck)
    yield "An entry of `columns`", asset["columns"]["items"]


def _inside(schema: Schema, name: str) -> Schema:
    inner: Schema = schema["properties"][name]
    return inner


def _mapping_of(schema: Schema) -> Schema:
    """Of several forms, the mapping."""
    return next(branch for branch in schema["anyOf"] if "properties" in branch)


def table(schema: Schema, inherited: Container[str] = ()) -> str:
    """The fields of a schema; `inherited` are those that are marked."""
    rows = (
        f"| `{name}`{' ↓' if name in inherited else ''} | {form(field)} | {_cell(field)} |\n"
        for name, field in sorted(schema["properties"].items())
    )
    return _HEAD + "".join(rows)


def form(field: Schema) -> str:
    """What a field takes, in a word or two."""
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"] if value is not None)
    branches = [branch["type"] for branch in field.get("anyOf", ())]
    types = field.get("type", [branch for branch in branches if isinstance(branch, str)])
    names = [types] if isinstance(types, str) else types
    if {"number", "boolean", "string"} <= set(names):  # numbers are accepted as they are written
        return "text"
    return " or ".join(_TYPES.get(name, name) for name in names if name != "null")


def meaning(field: Schema) -> str:
    """A field's description in one line."""
    return " ".join(str(field.get("description", "")).split())


def _cell(field: Schema) -> str:
    return meaning(field).replace("|", "\\|")
