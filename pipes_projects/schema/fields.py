"""A model's fields as plain JSON Schema: no titles, defaults, references or unions with null."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from pipes_projects.manifest.model.shapes import ModelShape, SchemaShape, Shape
from pipes_projects.schema import Schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class _Described(GenerateJsonSchema):
    """Pydantic's generator, with a field's docstring as its description.

    Pydantic can find docstrings itself, but would do so at every import, although few need them.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Pydantic's hook."""
        made = super().model_schema(schema)
        for name, text in docstrings(schema["cls"]).items():
            if name in made.get("properties", {}):
                made["properties"][name].setdefault("description", text)
        return made


def docstrings(model: type) -> dict[str, str]:
    """The docstring below each field of a class and of its bases."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            found.update(_docstrings(cls))
    return found


@cache
def _docstrings(cls: type) -> dict[str, str]:
    try:
        body = ast.parse(dedent(inspect.getsource(cls))).body[0]
    except (OSError, SyntaxError, TypeError):  # made at run time, so that there is no source
        return {}
    lines = body.body if isinstance(body, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(lines)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def model_schema(model: type[BaseModel]) -> Schema:
    """The JSON Schema of a model, all in one piece."""
    schema = model.model_json_schema(schema_generator=_Described)
    plain: Schema = _plain(schema, schema.get("$defs", {}), ())
    return plain


def shape_schema(shape: Shape) -> Schema:
    """The JSON Schema of a shape: a model's own fields, or what a contract says."""
    if isinstance(shape, SchemaShape):
        return dict(shape.schema)
    if not isinstance(shape, ModelShape):
        return {"type": "object", "properties": {}, "additionalProperties": False}
    schema = model_schema(shape.model)
    own = {name: schema.get("properties", {})[name] for name in sorted(shape.names)}
    required = [name for name in schema.get("required", ()) if name in own]
    about = "" if shape.beside else schema.get("description", "")
    return with_markdown(
        {
            "type": "object",
            **({"description": about} if about else {}),
            "properties": own,
            "additionalProperties": schema.get("additionalProperties", False),
            **({"required": required} if required else {}),
        }
    )


def optional(schema: Any) -> Any:
    """A schema as one document may write it: what is missing in a mapping may be inherited, and
    null resets what is inherited."""
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in kept:
        kept["properties"] = {name: optional(field) for name, field in kept["properties"].items()}
    if "additionalProperties" in kept:
        kept["additionalProperties"] = optional(kept["additionalProperties"])
    return or_null(kept)


NOTES = frozenset({"description", "markdownDescription", "examples", "deprecated"})


def or_null(schema: Mapping[str, Any]) -> Schema:
    """The schema, or null."""
    rules = {key: value for key, value in schema.items() if key not in NOTES}
    if "type" not in rules and "enum" not in rules:
        notes = {key: value for key, value in schema.items() if key in NOTES}
        branches = rules["anyOf"] if rules.keys() == {"anyOf"} else [rules]
        return {**notes, "anyOf": [*branches, {"type": "null"}]} if rules else notes
    enum = {"enum": [*rules["enum"], None]} if None not in rules.get("enum", [None]) else {}
    types = {"type": _types(rules, {"type": "null"})} if "type" in rules else {}
    return {**schema, **enum, **types}


def _types(*schemas: Mapping[str, Any]) -> list[str]:
    """The types that the schemas allow, once each."""
    named = [
        schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        for schema in schemas
    ]
    return list(dict.fromkeys(name for names in named for name in names))


def _plain(schema: Any, defs: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_plain(item, defs, inside) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in inside:  # a model inside itself: editors need not go further
            return {}
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return _plain({**defs[name], **rest}, defs, (*inside, name))
    if "const" in schema and "enum" not in schema:
        schema = {**schema, "enum": [schema["const"]]}
    kept = {
        key: _properties(value, defs, inside)
        if key == "properties"
        else _plain(value, defs, inside)
        for key, value in schema.items()
        if key not in ("title", "default", "$defs", "const")
    }
    return with_markdown(_without_needless_branches(_with_named_keys(kept)))


def _properties(properties: Mapping[str, Any], defs: Mapping[str, Any], inside: Any) -> Schema:
    """Properties, which may be called `title` or `default`."""
    return {name: _plain(part, defs, inside) for name, part in properties.items()}


def _with_named_keys(schema: Schema) -> Schema:
    """Pydantic describes mappings with a pattern for keys by `patternProperties`, which editors
    neither complete nor explain."""
    patterns = schema.pop("patternProperties", {})
    for pattern, values in patterns.items():
        names = {**schema.get("propertyNames", {}), "pattern": pattern}
        schema = {**schema, "additionalProperties": values, "propertyNames": names}
    return schema


def _without_needless_branches(schema: Schema) -> Schema:
    branches = schema.get("anyOf", [])
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if branches and all(branch.keys() == {"type"} for branch in branches):
        return {"type": _types(*branches), **rest}
    others = [branch for branch in branches if branch != {"type": "null"}]
    if len(others) != 1 or len(others) == len(branches):
        return schema
    return or_null({**others[0], **rest})


_WRAPPED = re.compile(r"(?<=\S)\n(?=[^\W\d_]|[`('\"])")
"""A line break in the middle of a sentence, which editors would show."""


def with_markdown(schema: Schema) -> Schema:
    """A schema whose description editors show as intended."""
    text = schema.get("description", "")
    if not isinstance(text, str):
        return schema
    plain = {key: value for key, value in schema.items() if key != "markdownDescription"}
    if text:
        text = plain["description"] = _WRAPPED.sub(" ", text)
    return {**plain, "markdownDescription": text} if "`" in text else plain
