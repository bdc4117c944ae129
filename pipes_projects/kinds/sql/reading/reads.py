"""What the statements of a file read, as sqlglot understands them, which is imported only then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from logging import CRITICAL, getLogger
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.sql.reading.statements import BadSqlError, statements

DIALECTS: Final = {"postgresql": "postgres", "postgres": "postgres", "mariadb": "mysql"}
"""Dialects that sqlglot calls otherwise than URLs do."""


class Read(NamedTuple):
    """A table that a file reads."""

    schema: str
    """Empty where none is written."""
    name: str
    start: int
    """Where the name is written, from its schema on: an index in the text."""
    end: int


@lru_cache(maxsize=4096)
def reads(text: str, database: str) -> tuple[Read, ...] | None:
    """The tables that a file reads, without those that it makes itself; None if that cannot be
    known. `database` is the beginning of its connection's URL; empty if that is unknown."""
    from sqlglot import ErrorLevel, parse
    from sqlglot.dialects import Dialect
    from sqlglot.errors import SqlglotError

    name = DIALECTS.get(database, database)
    getLogger("sqlglot").setLevel(CRITICAL)
    try:
        dialect = name if Dialect.get(name) else None
        parsed = parse(_without_values(text), dialect, error_level=ErrorLevel.RAISE)
    except (SqlglotError, BadSqlError, RecursionError, ValueError):
        return None
    found = [read for statement in parsed if statement for read in _reads(statement, text)]
    made = {_target(statement) for statement in parsed if statement}
    return tuple(read for read in found if (read.schema.lower(), read.name.lower()) not in made)


def _without_values(text: str) -> str:
    """The text with `(null)` in place of each value, and every other letter where it was."""
    for statement in statements(text):
        for value in statement.values:
            asked = statement.text[value.start : value.end]
            text = text.replace(asked, "(null)".ljust(len(asked)))
    return text


def _reads(statement: Any, text: str) -> Iterator[Read]:
    from sqlglot import exp

    own = {query.alias_or_name.lower() for query in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        name = table.this
        is_written = isinstance(table.parent, _writing()) and table.arg_key != "from_"
        if not isinstance(name, exp.Identifier) or is_written or not table.name:
            continue
        if not table.db and table.name.lower() in own:
            continue
        start, end = _place(table.args.get("db") or name, name)
        if 0 <= start < end <= len(text):
            yield Read(table.db, table.name, start, end)


def _writing() -> tuple[type, ...]:
    from sqlglot import exp

    return (exp.Create, exp.Insert, exp.Delete, exp.Update, exp.Drop, exp.Schema, exp.Alter)


def _place(first: Any, last: Any) -> tuple[int, int]:
    return first.meta.get("start", -1), last.meta.get("end", -2) + 1


def _target(statement: Any) -> tuple[str, str] | None:
    """The table or view that a statement makes or fills."""
    from sqlglot import exp

    if not isinstance(statement, exp.Create | exp.Insert):
        return None
    table = statement.this if isinstance(statement.this, exp.Table) else statement.find(exp.Table)
    return (table.db.lower(), table.name.lower()) if table is not None else None
