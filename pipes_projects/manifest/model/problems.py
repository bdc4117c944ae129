"""What Pydantic and jsonschema find wrong, in the words of the people who write manifests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from json import dumps
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pipes_projects.manifest.model import listed

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError as SchemaError
    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """One thing that is wrong with some data."""

    path: Path
    code: str
    message: str
    help: str | None = None
    known: tuple[str, ...] = ()
    """The words that would have been right here."""
    at_key: bool = False
    right: str | bool | tuple[str, ...] | None = None
    """The value that would have been right, where there is only one; a tuple for a list."""
    right_key: str | None = None
    """The key that would have been right for this value."""
    covers: tuple[Path, ...] = ()
    """Other keys and values about which it says everything, besides its own."""
    line: int | None = None
    """Which line of a value in several lines it is about, counted from zero."""


def model_problems(
    model: type[BaseModel], data: dict[str, Any], as_json: bool = False
) -> Iterator[Problem]:
    """What a Pydantic model says about `data`; `as_json` lets text stand for dates and the like."""
    try:
        if as_json:
            model.model_validate_json(dumps(data), strict=True)
        else:
            model.model_validate(data)
    except ValidationError as error:
        yield from from_pydantic(model, error)


def from_pydantic(model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    """What an error of Pydantic says."""
    for detail in error.errors(include_url=False):
        yield _from_pydantic(model, detail)


def schema_problems(errors: Iterable[SchemaError]) -> Iterator[Problem]:
    """What a JSON Schema validator says."""
    found = list(errors)
    settled = {
        tuple(error.absolute_path) for error in found if error.validator in ("enum", "const")
    }
    for error in found:  # a value that is none of the words is not also reported as not being text
        if error.validator != "type" or tuple(error.absolute_path) not in settled:
            yield from _from_jsonschema(error)


_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "string_type": lambda _: "must be text",
    "int_type": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "bool_type": lambda _: "must be `true` or `false`",
    "list_type": lambda _: "must be a list",
    "dict_type": lambda _: "must be a mapping",
    "model_type": lambda _: "must be a mapping",
    "model_attributes_type": lambda _: "must be a mapping",
    "none_required": lambda _: "must be left out",
    "finite_number": lambda _: "must be a finite number",
    "greater_than": lambda c: f"must be more than {_number(c['gt'])}",
    "greater_than_equal": lambda c: f"must be at least {_number(c['ge'])}",
    "less_than": lambda c: f"must be less than {_number(c['lt'])}",
    "less_than_equal": lambda c: f"must be at most {_number(c['le'])}",
    "too_long": lambda c: f"has more than {c['max_length']} entries",
    "too_short": lambda c: "must not be empty" if c["min_length"] == 1 else "has too few entries",
    "blank": lambda _: "must not be empty",
    "string_pattern_mismatch": lambda c: f"must match `{c['pattern']}`",
    "date_parsing": lambda _: "is not a valid date",
    "date_from_datetime_parsing": lambda _: "is not a valid date",
    "datetime_parsing": lambda _: "is not a valid date-time",
    "datetime_from_date_parsing": lambda _: "is not a valid date-time",
    "literal_error": lambda c: f"must be one of {_words(_quoted(c['expected']))}",
    "enum": lambda c: f"must be one of {_words(_quoted(c['expected']))}",
}


def _from_pydantic(model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path, kind, context = detail["loc"], detail["type"], detail.get("ctx", {})
    at_key = bool(path) and path[-1] == "[key]"
    path = path[:-1] if at_key else path
    if kind == "extra_forbidden":
        return unknown_key(path, tuple(fields_at(model, path[:-1])))
    if kind == "missing":
        return missing_key(path)
    if kind in _EXPECTED:
        message = f"{_subject(path)} {_EXPECTED[kind](context)}"
        value, words = detail["input"], _quoted(str(context.get("expected", "")))
        help_, right = _scalar_help(kind, value), _right(kind, value)
        return Problem(path, "invalid-value", message, help_, words, right=right)
    if "-" in kind:
        path = (*path, *context.get("at", ()))
        help_, right = context.get("help") or None, context.get("right")
        return Problem(path, kind, detail["msg"], help_, context.get("known", ()), at_key, right)
    sentence = detail["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Problem(path, "invalid-value", f"{_subject(path)}: {_lower(sentence)}", at_key=at_key)


def _scalar_help(expected: str, value: object) -> str | None:
    """What YAML made of a word that looks like another type."""
    right = _right(expected, value)
    if isinstance(right, bool):
        return f"`{value}` is text in YAML 1.2: write `{str(right).lower()}`"
    return "put it in quotes" if isinstance(right, str) else None


_TRUTH = {"yes": True, "on": True, "no": False, "off": False}


def _right(expected: str, value: object) -> str | bool | tuple[str, ...] | None:
    """What the author of a value must have meant, where another type is expected."""
    if expected in ("string_type", "string") and isinstance(value, bool | int | float):
        return str(value)
    if expected in ("bool_type", "boolean"):
        return _TRUTH.get(str(value).lower())
    if expected in ("list_type", "array") and isinstance(value, str):
        return listed(value)
    return None


def missing_key(path: Path) -> Problem:
    """A key that must be there."""
    needs = f"{_subject(path[:-1])} needs `{path[-1]}`"
    message = needs if len(path) > 1 else f"`{path[-1]}` is missing"
    return Problem(path, "missing-key", message, None, (), True)


def unknown_key(path: Path, known: tuple[str, ...], where: str = "here") -> Problem:
    """A key that nothing knows."""
    return Problem(path, "unknown-key", f"`{path[-1]}` is not a key {where}", None, known, True)


_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a mapping",
}


def _from_jsonschema(error: SchemaError) -> Iterator[Problem]:
    if error.context:
        from jsonschema.exceptions import best_match

        best = best_match([error])
        if best.validator == "required":  # of one of several forms, none of which fits
            names = _words(tuple(sorted(set(best.validator_value) - set(best.instance))))
            message = f"{_subject(tuple(error.absolute_path))} needs {names}, in this form"
            yield Problem(tuple(error.absolute_path), "invalid-value", message)
            return
        if best is not error:
            yield from _from_jsonschema(best)
            return
    path, rule = tuple(error.absolute_path), str(error.validator)
    if rule == "additionalProperties" and error.validator_value is False:
        known = tuple(error.schema.get("properties", ()))
        for key in sorted(set(error.instance) - set(known)):
            yield unknown_key((*path, key), known)
    elif rule == "required":
        for key in sorted(set(error.validator_value) - set(error.instance)):
            yield missing_key((*path, key))
    else:
        message = f"{_subject(path)} {_rule(rule, error)}"
        rights = (_right(name, error.instance) for name in _types_of(error))
        right = next((candidate for candidate in rights if candidate is not None), None)
        yield Problem(path, "invalid-value", message, _help(error), _enum(error), right=right)


def _enum(error: SchemaError) -> tuple[str, ...]:
    words = error.validator_value if error.validator == "enum" else ()
    return tuple(word for word in words if isinstance(word, str))


def _types_of(error: SchemaError) -> list[str]:
    types = error.validator_value if error.validator == "type" else []
    return [types] if isinstance(types, str) else types


def _help(error: SchemaError) -> str | None:
    """For a pattern, which few people can read, what its owner says about the field."""
    if error.validator == "pattern" and "patternErrorMessage" not in error.schema:
        description = str(error.schema.get("description", "")).split("\n")[0]
        return _lower(description.removesuffix(".")) or None
    helps = (_scalar_help(name, error.instance) for name in _types_of(error))
    return next(filter(None, helps), None)


def _rule(rule: str, error: SchemaError) -> str:
    value = error.validator_value
    simple: dict[str, Callable[[], str]] = {
        "enum": lambda: f"must be one of {_words(tuple(str(v) for v in value if v is not None))}",
        "const": lambda: f"must be `{value}`",
        "minimum": lambda: f"must be at least {_number(value)}",
        "maximum": lambda: f"must be at most {_number(value)}",
        "exclusiveMinimum": lambda: f"must be more than {_number(value)}",
        "exclusiveMaximum": lambda: f"must be less than {_number(value)}",
        "minLength": lambda: "must not be empty" if value == 1 else "is too short",
        "maxLength": lambda: f"has more than {value} characters",
        "minItems": lambda: "must not be empty" if value == 1 else "has too few entries",
        "maxItems": lambda: f"has more than {value} entries",
        "uniqueItems": lambda: "has an entry twice",
        "pattern": lambda: error.schema.get("patternErrorMessage", f"must match `{value}`"),
        "format": lambda: f"is not a valid {value}",
        "type": lambda: "must be " + " or ".join(_types(value)),
    }
    return simple[rule]() if rule in simple else "is not what the contract allows"


def _types(value: str | list[str]) -> list[str]:
    names = [value] if isinstance(value, str) else value
    return [_TYPES[name] for name in names if name in _TYPES]


def fields_at(model: type[BaseModel], path: Path) -> Iterator[str]:
    """The fields of the model at a path inside another."""
    for step in path:
        model = _models_of(model).get(str(step), model)
    yield from model.model_fields


@cache
def _models_of(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The model in each field of another that has one."""
    first = (
        (name, next(_models_in(field.annotation), None))
        for name, field in model.model_fields.items()
    )
    return {name: inner for name, inner in first if inner}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def words_of(model: type[BaseModel]) -> Iterator[str]:
    """The names of a model's fields, and of those of the models in it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in _models_in(field.annotation):
            yield from words_of(inner)


def _subject(path: Path) -> str:
    if path and isinstance(path[-1], str):
        return f"`{path[-1]}`"
    return f"an entry of `{path[-2]}`" if len(path) > 1 and isinstance(path[-2], str) else "this"


def _quoted(expected: str) -> tuple[str, ...]:
    return tuple(re.findall(r"'([^']*)'", expected))


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 10**6 else f"{value:.0f}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
