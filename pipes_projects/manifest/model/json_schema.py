"""JSON Schema with the meaning of the models that it was made from; only this uses jsonschema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend


def validator(schema: Mapping[str, Any]) -> Any:
    """Judges values by a schema; None if the schema itself is not valid."""
    try:
        Draft202012Validator.check_schema(schema)
    except (SchemaError, RecursionError):
        return None
    return _Judge(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def ends_as_written(pattern: str) -> re.Pattern[str] | None:
    """Only in Python does `$` also match before a last line break."""
    try:
        return re.compile(re.sub(r"(?<!\\)\$(\)*)$", r"\\Z\1", pattern))
    except re.error:  # a pattern of another regex dialect, which `make_defs()` checks
        return None


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    compiled = ends_as_written(pattern)
    if isinstance(value, str) and compiled and not compiled.search(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _multiple_of(_: Any, factor: float, value: Any, __: Any) -> Iterator[ValidationError]:
    try:
        whole = isinstance(value, bool) or not isinstance(value, int | float) or value % factor == 0
    except (OverflowError, ZeroDivisionError):
        whole = False
    if not whole:
        yield ValidationError(f"{value!r} is not a multiple of {factor}")


def _nothing(*_: Any) -> Iterator[ValidationError]:
    return iter(())  # no schema of ours refers to another


def _is_whole(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_Judge = extend(
    Draft202012Validator,
    {"pattern": _pattern, "multipleOf": _multiple_of, "$ref": _nothing, "$dynamicRef": _nothing},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
