"""Metadata as scripts report it → values of the type that they name, if nothing is lost.

Types are those of `dagster_pipes`. A host decides how to show each `Value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, NamedTuple, TypeGuard

INFER = "__infer__"
_SHOWN = 80
_DEEPEST = 200
"""How many lists and mappings may be inside each other; Dagster fails at about 450."""


class Value(NamedTuple):
    """A value that really has its declared type."""

    type: str
    value: Any


class _NotOfTypeError(ValueError):
    """A value does not fit a type; says what the type takes."""


def values(metadata: Any, subject: str) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The metadata of a report about `subject`, such as "asset `g/a`".

    Returns:
        The entries that fit their types; and a sentence about each other one, with the subject, its
        key, its value and its type.
    """
    if metadata is None:
        return {}, ()
    if not isinstance(metadata, dict):
        return {}, (f"{subject}: its metadata is {_shown(metadata)}, not a mapping",)
    found, problems = dict[str, Value](), list[str]()
    for key, entry in metadata.items():
        try:
            found[key] = value(entry)
        except _NotOfTypeError as error:
            problems.append(f"{subject}: {_problem(key, entry, str(error))}")
    return found, tuple(problems)


def value(entry: Any) -> Value:
    """One entry: a raw value, or `{raw_value, type}`."""
    is_typed = isinstance(entry, dict) and entry.keys() == {"raw_value", "type"}
    raw, named = (entry["raw_value"], entry["type"]) if is_typed else (entry, INFER)
    if named == INFER or (named == "json" and not isinstance(raw, dict | list)):
        return _shows(_inferred(raw))
    convert = _CONVERSIONS.get(named) if isinstance(named, str) else None
    if convert is None:
        raise _NotOfTypeError("there is no such type")
    return _shows(Value(named, convert(raw)))


def _shows(converted: Value) -> Value:
    """With numbers that JSON does not have as text, because Dagster would show nothing for them."""
    plain = _in_json(converted.value)
    is_text = converted.type == "float" and isinstance(plain, str)
    return Value("text" if is_text else converted.type, plain)


def _in_json(raw: Any, left: int = _DEEPEST) -> Any:
    if isinstance(raw, dict | list) and not left:
        raise _NotOfTypeError(f"it takes at most {_DEEPEST} lists and mappings inside each other")
    if isinstance(raw, dict):
        return {key: _in_json(part, left - 1) for key, part in raw.items()}
    if isinstance(raw, list):
        return [_in_json(part, left - 1) for part in raw]
    return str(raw) if isinstance(raw, float) and not isfinite(raw) else raw


def _problem(key: str, entry: Any, takes: str) -> str:
    raw, named = (
        (entry["raw_value"], entry["type"])
        if isinstance(entry, dict) and entry.keys() == {"raw_value", "type"}
        else (entry, "json")
    )
    return f"metadata `{key}` is {_shown(raw)}, which is not of type `{named}`: {takes}"


def _shown(raw: Any) -> str:
    try:
        text = repr(raw)
    except RecursionError:
        return "…"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _inferred(raw: Any) -> Value:
    for kind, named in ((bool, "bool"), (int, "int"), (float, "float"), (str, "text")):
        if isinstance(raw, kind):
            return Value(named, raw)
    return Value("null", None) if raw is None else Value("json", raw)


def _text(raw: Any) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return repr(raw)
    raise _NotOfTypeError("it takes text")


def _int(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    raise _NotOfTypeError("it takes whole numbers")


def _float(raw: Any) -> float:
    if isinstance(raw, float):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool) and _is_exact(raw):
        return float(raw)
    raise _NotOfTypeError("it takes numbers")


def _is_exact(number: int) -> bool:
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


def _bool(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    raise _NotOfTypeError("it takes true and false")


def _null(raw: Any) -> None:
    if raw is not None:
        raise _NotOfTypeError("it takes null")


def _json(raw: Any) -> Any:
    return raw


def _timestamp(raw: Any) -> float:
    if isinstance(raw, str):
        try:
            moment = datetime.fromisoformat(raw)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment.timestamp()
        raise _NotOfTypeError(
            "it takes seconds since 1970, or a date and time with its offset, such as"
            " 2026-01-31T05:00:00+00:00"
        )
    seconds = _float(raw)
    try:
        datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        why = "it takes seconds since 1970, not milliseconds, up to the year 9999"
        raise _NotOfTypeError(why) from None
    return seconds


def _key(raw: Any) -> str:
    if isinstance(raw, list) and raw and all(isinstance(part, str) for part in raw):
        return "/".join(raw)
    return _text(raw)


def _table(raw: Any) -> dict[str, Any]:
    records = raw if isinstance(raw, list) else raw.get("records") if isinstance(raw, dict) else 0
    if not isinstance(records, list) or not all(_is_record(record) for record in records):
        raise _NotOfTypeError("it takes {records: [{column: value}, …], schema: [column, …]}")
    named = raw.get("schema") if isinstance(raw, dict) else None
    columns = list(_columns(named)) if named is not None else list(_columns_of(records))
    return {"records": _even(records), "columns": columns}


def _even(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records, each with the fields of all: null where it has none."""
    names = dict.fromkeys(name for record in records for name in record)
    return [{name: record.get(name) for name in names} for record in records]


def _is_record(raw: Any) -> bool:
    plain = str | int | float | bool | None
    return isinstance(raw, dict) and all(isinstance(part, plain) for part in raw.values())


def _columns_of(records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    names = dict.fromkeys(name for record in records for name in record)
    for name in names:
        kinds = {type(record[name]) for record in records if record.get(name) is not None}
        named = {str: "string", int: "int", float: "float", bool: "bool"}
        yield {"name": name, "type": named[next(iter(kinds))] if len(kinds) == 1 else "string"}


def _columns(raw: Any) -> Iterator[dict[str, Any]]:
    columns = raw.get("columns") if isinstance(raw, dict) else raw
    for column in columns if isinstance(columns, list) else [None]:
        if isinstance(column, str):
            yield {"name": column, "type": "string"}
        elif _is_column(column):
            yield {"type": "string", **column}
        else:
            raise _NotOfTypeError(
                "its columns are a list of {name, type, description, tags, constraints}"
            )


def _is_column(raw: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it has a name, and all else that it says is of the right type."""
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str):
        return False
    texts = (raw.get("type"), raw.get("description"))
    are_texts = all(part is None or isinstance(part, str) for part in texts)
    return are_texts and _are_tags(raw.get("tags")) and _are_limits(raw.get("constraints"))


def _are_tags(raw: Any) -> bool:
    if raw is None:
        return True
    return isinstance(raw, dict) and all(
        isinstance(part, str) and _TAG.fullmatch(name) and _TAG_VALUE.fullmatch(part)
        for name, part in raw.items()
    )


_TAG = re.compile(r"([A-Za-z0-9_.-]{1,63}/)?[A-Za-z0-9_.-]{1,63}")
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.-]{0,63}")


def _are_limits(raw: Any) -> bool:
    if raw is None:
        return True
    if not isinstance(raw, dict):
        return False
    other = raw.get("other", [])
    return (
        all(isinstance(raw.get(name, True), bool) for name in ("nullable", "unique"))
        and isinstance(other, list)
        and all(isinstance(limit, str) for limit in other)
    )


def _table_schema(raw: Any) -> list[dict[str, Any]]:
    return list(_columns(raw))


def _lineage(raw: Any) -> dict[str, list[Mapping[str, Any]]]:
    deps = raw.get("deps_by_column", raw) if isinstance(raw, dict) else None
    if isinstance(deps, dict) and all(map(_is_above, deps.values())):
        return deps
    raise _NotOfTypeError("it takes {deps_by_column: {column: [{asset_key, column_name}, …]}}")


def _is_above(raw: Any) -> bool:
    """Whether it is a list of columns that another column is made from."""
    return isinstance(raw, list) and all(
        isinstance(dep, dict)
        and isinstance(dep.get("column_name"), str)
        and _is_key(dep.get("asset_key"))
        for dep in raw
    )


def _is_key(raw: Any) -> bool:
    parts = raw if isinstance(raw, list) else [raw]
    return bool(parts) and all(isinstance(part, str) for part in parts)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("text", "url", "path", "notebook", "md", "dagster_run"), _text),
    "asset": _key,
    "bool": _bool,
    "float": _float,
    "int": _int,
    "json": _json,
    "null": _null,
    "table": _table,
    "table_column_lineage": _lineage,
    "table_schema": _table_schema,
    "timestamp": _timestamp,
}
TYPES = frozenset({INFER, *_CONVERSIONS})
