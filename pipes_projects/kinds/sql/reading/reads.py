"""What the statements of a file read, as sqlglot understands them, which is imported only then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from logging import CRITICAL, getLogger
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.sql.reading.statements import BadSqlError, statements

DIALECTS: Final = {
    "postgresql": "postgres",
    "cockroachdb": "postgres",
    "mariadb": "mysql",
    "mssql": "tsql",
    "clickhousedb": "clickhouse",
    "awsathena": "athena",
    "teradatasql": "teradata",
}
"""Dialects that sqlglot calls otherwise than URLs do."""


class Read(NamedTuple):
    """A table that a file reads."""

    schema: str
    """Empty where none is written."""
    name: str
    start: int
    """Where the name is written, from its schema on: an index in the text."""
    end: int


class Reads(NamedTuple):
    """What a file reads, as far as that can be known."""

    tables: tuple[Read, ...]
    """Without those that it makes itself."""
    unclear: frozenset[str] | None
    """Names in lower case, each of which may be a table of any schema; None if it may read anything
    else too."""


@lru_cache(maxsize=4096)
def reads(text: str, database: str) -> Reads | None:
    """The tables that a file reads; None if that cannot be known. `database` is the beginning of
    its connection's URL; empty if that is unknown."""
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
    known = [statement for statement in parsed if statement]
    return None if any(map(_goes_elsewhere, known)) else _all_reads(known, text)


def _without_values(text: str) -> str:
    """The text with `(null)` in place of each value, and every other letter where it was."""
    for statement in statements(text):
        for value in statement.values:
            asked = statement.text[value.start : value.end]
            text = text.replace(asked, "(null)".ljust(len(asked)))
    return text


def _goes_elsewhere(statement: Any) -> bool:
    """Whether the names after it are those of another database, or may be."""
    from sqlglot import exp

    kind = str(statement.args.get("kind") or "").upper()
    return isinstance(statement, exp.Use) and kind not in ("WAREHOUSE", "ROLE", "SECONDARY ROLES")


def _all_reads(parsed: list[Any], text: str) -> Reads:
    from sqlglot import exp

    made = {target for statement in parsed for target in _targets(statement)}
    apart = {name for statement in parsed for name in _attached(statement)}
    found, unclear = list[Read](), set[str]()
    for statement in parsed:
        own = {query.alias_or_name.lower() for query in statement.find_all(exp.CTE)}
        for table in _read(statement):
            schema, name = table.db.lower(), table.name.lower()
            if (schema, name) in made or {table.catalog.lower(), schema} & apart:
                continue
            placed = _placed(table, text)
            unclear |= {name} if placed is None or not schema else set()
            if placed and (schema or name not in own):
                found.append(placed)
    is_known = not any(map(_has_code, parsed))
    return Reads(tuple(found), frozenset(unclear) if is_known else None)


def _has_code(statement: Any) -> bool:
    """Whether something in it is not understood: what databases have of their own, or code."""
    from sqlglot import exp

    is_definition = isinstance(statement, exp.Create)
    return isinstance(statement, exp.Command) or (
        is_definition and statement.kind in ("FUNCTION", "PROCEDURE", "TRIGGER")
    )


def _read(statement: Any) -> Iterator[Any]:
    """Where a statement names a table that it does not only write."""
    from sqlglot import exp

    for table in statement.find_all(exp.Table):
        is_written = isinstance(table.parent, _writing()) and table.arg_key not in _READ_FROM
        if isinstance(table.this, exp.Identifier) and table.name and not is_written:
            yield table


_READ_FROM: Final = ("from_", "using")
"""Where statements that write name what they read."""


def _writing() -> tuple[type, ...]:
    from sqlglot import exp

    changes = (exp.Insert, exp.Delete, exp.Update, exp.TruncateTable, exp.Lock, exp.Into)
    definitions = (exp.Create, exp.Schema, exp.Drop, exp.Alter, exp.AlterRename, exp.Index)
    others = (exp.UserDefinedFunction, exp.Use, exp.Comment, exp.Grant)
    return (*changes, *definitions, *others)


def _placed(table: Any, text: str) -> Read | None:
    first, last = table.args.get("db") or table.this, table.this
    start, end = first.meta.get("start", -1), last.meta.get("end", -2) + 1
    return Read(table.db, table.name, start, end) if 0 <= start < end <= len(text) else None


def _targets(statement: Any) -> Iterator[tuple[str, str]]:
    """The tables or views that a statement makes or fills."""
    from sqlglot import exp

    made = statement.args.get("into") if isinstance(statement, exp.Select) else None
    is_table = isinstance(statement, exp.Create) and statement.kind in ("TABLE", "VIEW")
    if is_table or isinstance(statement, exp.Insert):
        made = statement.this
    table = made.find(exp.Table) if made is not None else None
    if table is not None:
        yield table.db.lower(), table.name.lower()


def _attached(statement: Any) -> Iterator[str]:
    """The name that a statement gives to another database: its tables are not those of assets."""
    from sqlglot import exp

    if isinstance(statement, exp.Attach):
        named = statement.this
        path = named.this if isinstance(named, exp.Alias) else named
        yield (named.alias or PurePath(path.name).stem).lower()
