"""A value of the wrong shape → the same value in the form that its field takes.

It is only shown, never written: its author knows whether it was meant.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipes_projects.manifest.asset import Column
from pipes_projects.spelling import obvious

MODELS = frozenset({"retry_policy", "backfill_policy", "freshness_policy"})
FREE = frozenset({"tags", "op_tags", "env", "metadata", "extras"})
"""Mappings whose keys are up to their authors."""
NAMED = frozenset({"checks", "assets"})
"""Mappings of mappings, by names that their authors choose."""
MAPPINGS = MODELS | FREE | NAMED
LISTS = frozenset({"deps", "owners", "kinds", "args", "columns", "secrets", "code_paths"})
TEXTS = frozenset(
    {
        *("description", "code_version", "key", "pool", "partitions_def"),
        *("automation_condition", "script", "cwd"),
    }
)
_UPSTREAM = frozenset({"asset", "partition_mapping", "metadata"})
_SIGN = "[=:\uff1a]"
"""What people write between a name and its value."""
_BEFORE_KEY = re.compile("^-|^(?:asset|key)[:\uff1a]")
NAMES = ("name", "key", "asset", "id")
"""Words for the key that holds a name."""


def fits(field: str, value: Any) -> bool:
    """Whether a value has the shape that a field takes; the model judges what is in it."""
    if field in MAPPINGS:
        return isinstance(value, dict)
    if field in LISTS:
        return isinstance(value, list) and all(item_fits(field, item) for item in value)
    return field not in TEXTS or not isinstance(value, dict | list)


def item_fits(field: str, item: Any) -> bool:
    """Whether an item has the shape that a field's list takes."""
    if field == "columns":
        return isinstance(item, dict) and not _is_pair(item)
    if field == "deps" and isinstance(item, dict):
        return not item.keys().isdisjoint(_UPSTREAM) or len(item) > 1
    return field in ("args", "secrets") or not isinstance(item, dict | list)


def right_form(field: str, value: Any) -> Any:
    """The value in the form that the field takes; None where that is unclear."""
    if value is None or fits(field, value):
        return value
    return _FORMS[field](value) if field in _FORMS else None


def _is_pair(item: Mapping[str, Any]) -> bool:
    """Whether this is a column's name mapped to its type, or to everything about it."""
    (key, value), *more = item.items() or [("name", "")]
    return not more and key not in Column.model_fields and not isinstance(value, list)


def _items(value: Any) -> list[Any]:
    """The items of a list that is written as text with commas or spaces, or as a mapping."""
    if isinstance(value, str):
        parts = value.split(",") if "," in value else value.split()
        return [part.strip().removeprefix("-") for part in parts if part.strip("- ")]
    return [{key: part} for key, part in value.items()] if isinstance(value, dict) else [*value]


def _flat(value: Any) -> Iterator[Any]:
    """What is in a list, and in the lists inside it."""
    if isinstance(value, list):
        yield from (inner for item in value for inner in _flat(item))
    else:
        yield value


def _deps(value: Any) -> Any:
    if isinstance(value, dict) and "asset" in value:
        return [_dep(value)]
    return [dep for item in _items(value) for dep in _deps_of(item)]


def _deps_of(item: Any) -> Iterator[Any]:
    if isinstance(item, list):
        yield "/".join(map(str, item))
    elif isinstance(item, dict) and not item.keys() & _UPSTREAM:
        for key, value in item.items():
            yield from _deps_under(key.removeprefix("-"), value)
    else:
        yield _dep(item)


def _deps_under(key: str, value: Any) -> Iterator[Any]:
    """What is named under a key, such as an asset's key, a group or a word for `asset`."""
    if isinstance(value, list):
        yield from (f"{key}/{name}" for name in value)
    elif isinstance(value, str) and "/" not in key and value:
        yield value if "/" in value or key in NAMES else f"{key}/{value}"
    else:
        named = isinstance(value, str) and re.fullmatch("(?!(true|false)$)[A-Za-z]\\w*", value)
        how = value if isinstance(value, dict) else {"partition_mapping": value} if named else {}
        yield _dep({"asset": key, **how})


def _dep(item: Any) -> Any:
    if not isinstance(item, dict):
        return _BEFORE_KEY.sub("", item) if isinstance(item, str) else item
    kept = {name: value for name, value in item.items() if value is not None}
    if isinstance(kept.get("asset"), str):
        kept["asset"] = _BEFORE_KEY.sub("", kept["asset"])
    return kept["asset"] if kept.keys() == {"asset"} else kept


def _owners(value: Any) -> Any:
    parts = [value] if isinstance(value, str) and "," not in value else _items(value)
    return [owner for part in _flat(parts) for owner in _owners_of(part)]


def _owners_of(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        for key, value in item.items():
            known = key in ("name", "email", "owner", "id")
            names = (name for name in _flat(value) if name)
            yield from (owner(str(name if known else f"{key}:{name}")) for name in names)
            yield from () if value else [owner(key)]
    else:
        yield owner(str(item))


def owner(name: str) -> str:
    """An owner; a name that is not an e-mail address becomes a team's."""
    name = name.strip().removeprefix("-").removeprefix("@")
    return name if "@" in name or name.startswith("team:") else f"team:{name}"


def _kinds(value: Any) -> Any:
    items = _flat(_items(value))
    return [key for item in items for key in (item if isinstance(item, dict) else [item])]


def _names_alone(value: Any) -> Any:
    """Names in a text, without values, which may not be shown."""
    names = _items(value) if isinstance(value, str) else ()
    return [re.split(_SIGN, name)[0] for name in names] or None


def _arguments(value: Any) -> Any:
    if isinstance(value, dict):
        words = ([f"--{key}", *([] if part is None else [part])] for key, part in value.items())
        return [word for both in words for word in both]
    try:
        return shlex.split(value) if isinstance(value, str) else None
    except ValueError:
        return [value]


def _columns(value: Any) -> Any:
    items = _items(value)
    return None if None in items else [_column(item) for item in items]


def _column(item: Any) -> Any:
    if isinstance(item, list):
        item = " ".join(map(str, item))
    if isinstance(item, dict):
        if not _is_pair(item):
            return item
        ((name, given),) = item.items()
        if isinstance(given, str) and obvious(name, ("name",)):
            return {"name": given}
        rest = given if isinstance(given, dict) else {"type": given} if given else {}
        return {"name": name.removeprefix("-"), **rest}
    name, _, kind = str(item).replace(":", " ").strip().partition(" ")
    return {"name": name, "type": kind.strip()} if kind.strip() else {"name": name}


def _entries(value: Any) -> Any:
    made: dict[str, Any] = {}
    if isinstance(value, str):
        words = re.split(r",\s*|\s+", value.strip())
        pairs = words if all("=" in word for word in words) else value.split(",")
        value = [pair.strip() for pair in pairs] if re.search(_SIGN, value) else _items(value)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            named = next((item[name] for name in NAMES if name in item), None)
            made |= {str(named): item["value"]} if named and "value" in item else item
        elif isinstance(item, str):
            key, *parts = re.split(_SIGN, item, maxsplit=1)
            made[key.strip()] = parts[0].strip() if parts else ""
    return made or None


def _variables(value: Any) -> Any:
    """Entries; text without a sign between names and values may be a value, which is not shown."""
    is_unclear = isinstance(value, str) and not re.search(_SIGN, value)
    return None if is_unclear else _entries(value)


def _values(value: Any) -> Any:
    """Entries that have values; what a list of bare names means is unclear."""
    made = _entries(value)
    return made if made and all(entry != "" for entry in made.values()) else None


def _named(value: Any) -> Any:
    made: dict[str, Any] = {}
    for item in _items(value) if isinstance(value, str | list) else ():
        if isinstance(item, dict):
            name = next((word for word in NAMES if isinstance(item.get(word), str)), None)
            rest = {key: part for key, part in item.items() if key != name}
            entries = {item[name].rpartition("/")[2]: rest} if name else item
            made |= {key: {} if part is None else part for key, part in entries.items()}
        else:
            made[str(item)] = {}
    return made or None


def _retry(value: Any) -> Any:
    is_number = re.fullmatch("[0-9]{1,9}", str(value)) is not None
    return {"max_retries": int(value)} if is_number else None


def _backfill(value: Any) -> Any:
    return {"type": value} if value in ("single_run", "multi_run") else None


def _freshness(value: Any) -> Any:
    is_duration = isinstance(value, str) and re.match("[0-9P]", value) and " " not in value
    return {"time_window": {"fail_window": value}} if is_duration else None


def _text(value: Any) -> Any:
    alone = isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list)
    return value[0] if alone else None


def _key(value: Any) -> Any:
    texts = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return "/".join(value) if texts else None


_FORMS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(("tags", "op_tags"), _entries),
    "env": _variables,
    **dict.fromkeys(("metadata", "extras"), _values),
    **dict.fromkeys(NAMED, _named),
    "deps": _deps,
    "owners": _owners,
    "kinds": _kinds,
    "args": _arguments,
    "secrets": _names_alone,
    "code_paths": _kinds,
    "columns": _columns,
    "retry_policy": _retry,
    "backfill_policy": _backfill,
    "freshness_policy": _freshness,
    "key": _key,
}
EXAMPLES = {
    "schedule": "schedule: 0 5 * * *",
    "pool": "pool: warehouse",
    "script": "script: path/to/script.py",
    "automation_condition": "automation_condition: eager",
    "partitions_def": "partitions_def: daily",
    "checks": "checks: {has_rows: {blocking: true}}",
    "assets": "assets: {daily: {}, monthly: {}}",
    "tags": "tags: {domain: sales}",
    "op_tags": "op_tags: {queue: small}",
    "env": "env: {STAGE: production}",
    "command": "command: [python, -u]",
    "cwd": "cwd: ..",
    "description": "description: What we sold",
    "can_subset": "can_subset: true",
    "metadata": "metadata: {source: crm}",
    "extras": "extras: {since: 2013}",
    "retry_policy": "retry_policy: {max_retries: 3, delay: 30s}",
    "backfill_policy": "backfill_policy: {type: single_run}",
    "freshness_policy": "freshness_policy: {time_window: {fail_window: 24h}}",
    "deps": "deps: [group/asset]",
    "owners": "owners: [team:sales]",
    "kinds": "kinds: [python]",
    "args": "args: [--full]",
    "secrets": "secrets: [PASSWORD, {API_KEY: PROD_API_KEY}]",
    "code_paths": "code_paths: [sql/, config.toml]",
    "inherit_env": "inherit_env: [PATH, HOME]",
    "timeout": "timeout: 2h",
    "grace": "grace: 10s",
    "columns": "columns: [{name: id, type: int}]",
}
"""What to show where the right form of a value is unclear."""
