"""The value of another tool's word → the value that the right key takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from pipes_projects.compiler.validate.miswritten.right_forms import (
    FREE,
    LISTS,
    TEXTS,
    owner,
    right_form,
)
from pipes_projects.compiler.validate.words.other_tools import PLACE_INSIDE, plain
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.cron.words import MACROS
from pipes_projects.manifest.model.yaml_flow import AsIs
from pipes_projects.manifest.values.duration import parse_duration

_CRON = re.compile(r"(\S+ +){4}\S+")
_FILE = re.compile(r"[\w./-]+\.[A-Za-z]\w*")


def right_value(field: str, word: str, value: Any, contract: Contract) -> Any:
    """The value in the form that a field takes; None where that is unclear."""
    if field in _VALUES:
        return _VALUES[field](value)
    if field in ("timeout", "grace"):
        return _length(word, value)
    if field in ("partitions_def", "automation_condition"):
        names = {"partitions_def": contract.partitions_defs}
        return _published(value, names.get(field, contract.automation_conditions))
    if field == "env" and isinstance(value, str) and not re.search("[=:]", value):
        return {word.upper(): value}
    if field in FREE and not isinstance(value, str):
        return _free(right_form(field, value))
    return right_form(field, value) if field in FREE | LISTS | TEXTS or field in _SHAPED else value


def _length(word: str, value: Any) -> Any:
    """A duration; the word may name the unit of a number."""
    if parse_duration(value) is not None:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,5}", value):
        return None
    unit = next((name for name in ("minutes", "hours", "days") if word.lower().endswith(name)), "s")
    return f"{value}{unit[0]}"


_SHAPED = frozenset({"checks", "assets", "retry_policy", "backfill_policy", "freshness_policy"})


def _free(value: Any) -> Any:
    return value if isinstance(value, dict) else None


def _published(value: Any, names: Collection[str]) -> Any:
    named = right_form("pool", value)
    return named if isinstance(named, str) and named in names else None


def _owners(value: Any) -> Any:
    owners = right_form("owners", value)
    return [owner(str(name)) for name in owners] if owners else None


def _schedule(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        words = PLACE_INSIDE["schedule"]
        made = {words.get(plain(key), key): part for key, part in value.items()}
        fits = made.keys() <= {"cron_schedule", "execution_timezone"}
        cron = made.get("cron_schedule")
        return made if fits and isinstance(cron, str) and _schedule(cron) else None
    is_cron = isinstance(value, str) and (value in MACROS or _CRON.fullmatch(value.strip()))
    return value if is_cron else None


def _pool(value: Any) -> Any:
    named = right_form("pool", value)
    is_name = isinstance(named, str) and re.fullmatch(r"(?!\d+$)\S+", named)
    return named if is_name else None


def _script(value: Any) -> Any:
    named = right_form("script", value)
    is_path = isinstance(named, str) and _FILE.fullmatch(named) and not named.startswith("/")
    return named if is_path else None


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _words(value: Any) -> Any:
    return value if isinstance(value, str) and not isinstance(value, AsIs) else None


_VALUES: dict[str, Callable[[Any], Any]] = {
    "owners": _owners,
    "schedule": _schedule,
    "pool": _pool,
    "script": _script,
    "description": lambda value: str(value) if isinstance(value, str) else None,
    "code_version": _text,
    "can_subset": _text,
    "command": lambda value: value if isinstance(value, list) else _words(value),
}
