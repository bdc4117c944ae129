"""What a document may say, and its author hardly means.

Each function yields warnings about values that are valid; a value with an error gets none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.contract import Contract

_LEADING_ZEROS = re.compile(r"[-+]?0[0-9].*")


def doubts(manifest: Manifest, contract: Contract) -> Iterator[Diagnostic]:
    """The warnings about a document."""
    document = manifest.document
    if document.written:
        yield from _numbers(manifest, contract)
    if "schedule" in document.data or "freshness_policy" in document.source.text:
        for path in _crons(manifest.data):
            yield from _either_day(document, path)


def _numbers(manifest: Manifest, contract: Contract) -> Iterator[Diagnostic]:
    document, text = manifest.document, contract.text_patterns[manifest.form]
    for path, written in document.written.items():
        if path[0] in manifest.broken or path in text:
            continue
        value = document.at(path)
        if _LEADING_ZEROS.fullmatch(written):
            message = f"`{written}` is a number, and becomes `{value}`"
            help_ = f'put it into quotes to keep the zeros: `"{written}"`'
            yield Diagnostic(Code.LEADING_ZEROS, message, document.value(path), help_)
        elif path[0] == "extras" and isinstance(value, float) and not isfinite(value):
            message = f"`{written}` has no form in JSON, and extras reach a script as JSON"
            help_ = (
                "Python reads it anyway, other languages fail: leave it out, or put it into quotes"
            )
            yield Diagnostic(Code.NOT_JSON, message, document.value(path), help_)


def _crons(data: Any) -> Iterator[KeyPath]:
    """Where cron expressions may be."""
    yield from (("schedule",), ("schedule", "cron_schedule"))
    deadline = ("freshness_policy", "cron", "deadline_cron")
    yield deadline
    assets = data.get("assets")
    yield from (("assets", name, *deadline) for name in assets or ())


def _either_day(document: Document, path: KeyPath) -> Iterator[Diagnostic]:
    """Of the two fields of days, one that matches is enough."""
    from pipes_projects.manifest.cron_fields import Fault, expand  # for few manifests

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
        " where both must hold, let the script look at the other"
    )
    yield Diagnostic(Code.EITHER_DAY, message, document.value(path), help_)
