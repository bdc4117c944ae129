"""A schema → the same rules, in the form that yaml-language-server completes and explains best.

It reports a mistake once, at the word at fault, if each word is subject to only one rule: so of
several forms only the one with the written type is checked, and required keys are asked for only
where all keys are known. And it proposes no skeletons, which it would name after types.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pipes_projects.schema import Schema
from pipes_projects.schema.fields import NOTES

_LISTED = 30
"""How many values a message lists; whoever needs more completes the word."""
_NULL = {
    "description": "Nothing, whatever is inherited.",
    "not": {"type": ["boolean", "number", "string", "object", "array"]},
}
_MAPPING = {"type": "object"}


def for_editors(schema: Any) -> Any:
    """The schema, and all schemas in it."""
    if not isinstance(schema, dict):
        return schema
    if forms := _forms(schema.get("items")):
        return _with_items(schema, *forms)
    made = {key: _inside(key, value) for key, value in schema.items()}
    return _with_quiet_null(_with_example(_with_values(_with_need(_as_mapping(_by_type(made))))))


def _inside(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: for_editors(part) for name, part in value.items()}
    if key in ("allOf", "anyOf"):
        return [for_editors(branch) for branch in value]
    if key in ("items", "additionalProperties", "then", "else"):
        return for_editors(value)
    return value


def _forms(schema: Any) -> tuple[Schema, Schema] | None:
    """If it is a union of a mapping and something else: the other branch, and the mapping."""
    branches = schema.get("anyOf", []) if isinstance(schema, dict) else []
    if not all(isinstance(branch, dict) for branch in branches):
        return None
    mappings = [branch for branch in branches if "properties" in branch]
    others = [branch for branch in branches if "properties" not in branch]
    other = others[0] if len(others) == 1 else _joined(others)
    alone = len(mappings) == 1 and other and "object" not in _types(other)
    return (other, mappings[0]) if alone else None


def _joined(branches: list[Schema]) -> Schema:
    """Branches of one type each, as a single one; empty if they are not that."""
    types = [name for branch in branches for name in _types(branch)]
    apart = len(set(types)) == len(types) and not {"integer", "number"} <= set(types)
    plain = all(
        "type" in branch and not {"enum", "anyOf", "allOf"} & branch.keys() for branch in branches
    )
    if not apart or not plain:
        return {}
    rules = [(key, branch[key]) for branch in branches for key in branch if key not in NOTES]
    return {**dict(rules), "type": types}


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _by_type(schema: Schema) -> Schema:
    forms = _forms(schema)
    if not forms or not _types(forms[0]) or "enum" in forms[0]:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    other, mapping = forms
    then = {key: value for key, value in mapping.items() if key != "type"}
    return {**other, **rest, "type": [*_types(other), "object"], "if": _MAPPING, "then": then}


def _with_items(schema: Schema, other: Schema, mapping: Schema) -> Schema:
    """A list without mappings is checked as a plain one. While a word is typed, it is taken for the
    key of a mapping: only a union then proposes everything that the word can become."""
    rest = {key: value for key, value in schema.items() if key != "items"}
    other, mapping = for_editors(other), for_editors(mapping)
    mixed = {"if": _MAPPING, "then": {"anyOf": [mapping, other]}, "else": other}
    plain = {"items": {"not": _MAPPING}}
    return {**rest, "if": plain, "then": {"items": other}, "else": {"items": mixed}}


def _as_mapping(schema: Schema) -> Schema:
    """A list of one type: the server calls a type without a list by the title of the whole
    schema."""
    return {**schema, "type": ["object"]} if schema.get("type") == "object" else schema


def _with_need(schema: Schema) -> Schema:
    """Required only where all keys are known: a misspelled key is not missing as well."""
    if "required" not in schema or "properties" not in schema or "if" in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "required"}
    known = {"propertyNames": {"enum": list(schema["properties"])}}
    strict = schema.get("additionalProperties") is False
    return {**rest, "if": known if strict else {}, "then": {"required": schema["required"]}}


def _with_values(schema: Schema) -> Schema:
    """One message for values that have the wrong type and are not in the list either."""
    words = _words(schema.get("enum", ()))
    if not words or "errorMessage" in schema:
        return schema
    return {**schema, "errorMessage": f"write {words}"}


def _with_example(schema: Schema) -> Schema:
    """The least number as an example, where editors would fill in 0 although that is too small."""
    least = schema.get("minimum")
    if not isinstance(least, int | float) or least <= 0 or "examples" in schema:
        return schema
    return {**schema, "examples": [least]}


def _with_quiet_null(schema: Schema) -> Schema:
    """A scalar or null, written so that null is not proposed: it only resets what is inherited."""
    types = [name for name in _types(schema) if name != "null"]
    if "null" not in _types(schema) or not types or {"object", "array"} & {*types}:
        return schema
    notes = {key: value for key, value in schema.items() if key in NOTES}
    rest = {key: value for key, value in schema.items() if key not in NOTES}
    if "enum" in rest:
        rest["enum"] = [value for value in rest["enum"] if value is not None]
    scalar = {**rest, "type": types if len(types) > 1 else types[0]}
    return {**notes, "anyOf": [scalar, _NULL]}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _words(values: Iterable[Any]) -> str:
    words = [f"`{_word(value)}`" for value in values if value is not None]
    shown, more = words[:_LISTED], len(words) - _LISTED
    if more > 0:
        return f"one of {', '.join(shown)}, and {more} more"
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else "".join(shown)
