"""The results of a run, for people: a table, and below it what was reported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pipes_projects.render.table import fitted, render_rows
from pipes_projects.terminal.results.records import ROWS, Record
from pipes_projects.text.plain import one_line

_HEAD: Final = ("asset", "partition", "result", "seconds", "rows", "checks")
_MOST: Final = 10
"""How many rows of a reported table are shown."""
_HIDDEN: Final = frozenset({ROWS, "dagster/column_schema", "dagster/column_lineage"})
"""What the table already shows, or what is only for catalogs."""


def render_report(records: Iterable[Record], limit: int | None = None) -> str:
    """The table, as wide as a terminal allows, and what was reported of each asset."""
    shown = list(records)
    if not shown:
        return ""
    reported = [_reported(record) for record in shown]
    whys = dict.fromkeys(
        record.why for record in shown if record.why and record.result != "skipped"
    )
    failures = [f"{_shown_lines(why)}\n" for why in whys]
    kept = "".join(dict.fromkeys(_kept(record) for record in shown if record.is_kept))
    skipped = "".join(
        dict.fromkeys(_skipped(record) for record in shown if record.result == "skipped")
    )
    parts = [render_table(shown, limit), *reported, *failures, kept, skipped]
    return "\n".join(filter(None, parts))


def _kept(record: Record) -> str:
    ended = "was ended" if record.result == "ended" else "failed"
    return one_line(f"{record.asset} was reported before its script {ended}") + "\n"


def _skipped(record: Record) -> str:
    return one_line(f"{record.asset} was skipped: {record.why}") + "\n"


def _shown_lines(text: str) -> str:
    return "\n".join(map(one_line, text.split("\n")))


def render_table(records: Iterable[Record], limit: int | None = None) -> str:
    """A line for each asset and partition."""
    return _lines([_HEAD, *map(_row, records)], limit)


def render_history(records: Iterable[Record], limit: int | None = None) -> str:
    """The same, each with its time; `limit` is the maximum width."""
    rows = [("time", *_HEAD), *((one_line(record.time), *_row(record)) for record in records)]
    return _lines(rows, limit)


def _lines(rows: list[tuple[str, ...]], limit: int | None) -> str:
    """An empty column is left out."""
    used = [at for at, cells in enumerate(zip(*rows, strict=True)) if any(cells[1:])]
    table = [tuple(row[at] for at in used) for row in rows]
    if limit:
        table = fitted(table, limit, ("asset", "result"), ("checks", "rows", "seconds"))
    return render_rows(table)


def _row(record: Record) -> tuple[str, ...]:
    seconds = "" if record.seconds is None else f"{record.seconds:.1f}"
    rows = "" if record.rows is None else f"{record.rows:,}"
    checks = ", ".join(_check(name, check) for name, check in record.checks.items())
    cells = (record.asset, record.partition or "", record.result, seconds, rows, checks)
    return tuple(map(one_line, cells))


def _check(name: str, check: Mapping[str, Any]) -> str:
    if check.get("passed"):
        return f"{name} passed"
    is_warning = check.get("severity") == "WARN"
    return f"{name} {'warned' if is_warning else 'FAILED'}"


def _reported(record: Record) -> str:
    """What a script reported about an asset, except what the table shows."""
    known = {name: value for name, value in record.metadata.items() if name not in _HIDDEN}
    parts = [line for name, value in known.items() for line in _entry(name, value)]
    for check, result in record.checks.items():
        if description := result.get("description"):
            parts.append(f"  {one_line(check)}: {one_line(str(description))}")
        for name, value in (result.get("metadata") or {}).items():
            parts += _entry(f"{check}: {name}", value)
    of = f"{record.asset} {record.partition}" if record.partition else record.asset
    return "".join(f"{line}\n" for line in [one_line(of), *parts]) if parts else ""


def _entry(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """One entry: a line, or a name with lines below it."""
    kind, value = entry.get("type"), entry.get("value")
    lines = list(_DRAWN[kind](value)) if kind in _DRAWN else [_plain(value)]
    if len(lines) == 1:
        yield f"  {one_line(name)}: {one_line(lines[0])}"
        return
    yield f"  {one_line(name)}:"
    yield from (f"    {one_line(line)}".rstrip() for line in lines)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(table: Any) -> Iterator[str]:
    names = [str(column["name"]) for column in table["columns"]]
    rows = [[_cell(record.get(name)) for name in names] for record in table["records"]]
    yield from _drawn(names, rows)


def _cell(value: Any) -> str:
    return "" if value is None else one_line(str(value))


def _drawn(names: list[str], rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        yield f"{', '.join(names)} (no rows)".lstrip()
        return
    lines = render_rows([tuple(names), *map(tuple, rows[:_MOST])]).splitlines()
    yield from lines
    if len(rows) > _MOST:
        yield f"and {len(rows) - _MOST} more rows"


def _markdown(text: Any) -> Iterator[str]:
    """Its tables are drawn; everything else is readable as it is."""
    block: list[list[str]] = []
    for line in [*str(text).splitlines(), ""]:
        if line.lstrip().startswith("|"):
            block.append([cell.strip() for cell in _bare(line).strip().strip("|").split("|")])
            continue
        yield from _block(block)
        block = []
        if line.strip():
            yield _bare(line)


def _bare(line: str) -> str:
    """The text without the marks for bold and code."""
    return re.sub(r"\*\*(.+?)\*\*|`(.+?)`", r"\1\2", line)


def _block(rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        return
    names = rows[0]
    body = [row for row in rows[1:] if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    wide = len(names)
    yield from _drawn(names, [(row + [""] * wide)[:wide] for row in body])


_DRAWN: Final = {"table": _table, "md": _markdown}
