"""What a document may say, but its author hardly meant.

Each function yields warnings about values that are valid; a value with an error gets none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.model.marks import Patterns

_LEADING_ZEROS = re.compile(r"[-+]?0[0-9].*")
_DEADLINE = ("freshness_policy", "cron", "deadline_cron")


def doubts(document: Document, broken: frozenset[str], as_text: Patterns) -> Iterator[Diagnostic]:
    """The warnings about a document. `broken` are the top-level keys with errors; `as_text` is
    where numbers are kept as written."""
    for path, written in document.written.items():
        if path[0] not in broken and path not in as_text:
            yield from _number(document, path, written)
    for path in _crons(document.data):
        if path[0] not in broken:
            yield from _either_day(document, path)


def _number(document: Document, path: KeyPath, written: str) -> Iterator[Diagnostic]:
    if _LEADING_ZEROS.fullmatch(written):
        message = f"`{written}` is a number, and becomes `{document.at(path)}`"
        help_ = f'put it in quotes to keep the zeros: `"{written}"`'
        yield Diagnostic(Code.LEADING_ZEROS, message, document.value(path), help_)
    elif path[0] == "extras" and _is_not_json(document.at(path)):
        message = f"`{written}` cannot be written in JSON, and extras reach a script as JSON"
        help_ = "Python reads it anyway, other languages fail: leave it out, or put it in quotes"
        yield Diagnostic(Code.NOT_JSON, message, document.value(path), help_)


def _is_not_json(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)


def _crons(data: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Where cron expressions may be."""
    if "schedule" in data:
        yield from (("schedule",), ("schedule", "cron_schedule"))
    if "freshness_policy" in data:
        yield _DEADLINE
    assets = data.get("assets")
    for name, body in assets.items() if isinstance(assets, dict) else ():
        if isinstance(body, dict) and "freshness_policy" in body:
            yield ("assets", name, *_DEADLINE)


def _either_day(document: Document, path: KeyPath) -> Iterator[Diagnostic]:
    """Of a cron's two fields for days, it is enough for one to match."""
    from pipes_projects.manifest.cron.fields import Fault, expand  # few manifests need it

    cron = document.at(path)
    fields = expand(cron) if isinstance(cron, str) else None
    if fields is None or isinstance(fields, Fault) or fields.days.every or fields.weekdays.every:
        return
    minute, hour, day, month, weekday = cron.split()
    message = (
        f"`{cron}` matches the days `{day}` of the month, and also the weekdays `{weekday}`:"
        " either is enough"
    )
    help_ = (
        f"write `{minute} {hour} {day} {month} *` or `{minute} {hour} * {month} {weekday}`;"
        " if both must hold, let the script check the other"
    )
    yield Diagnostic(Code.EITHER_DAY, message, document.value(path), help_)
