"""What goes wrong in a script → a sentence with its file and line, as people would look for it."""

from __future__ import annotations

import re
from typing import Final

from pipes_projects.kinds.sql.making import StatementError
from pipes_projects.kinds.sql.reading.statements import BadSqlError, Statement

_LINE: Final = re.compile(r"^LINE (\d+):")
_NAMED: Final = re.compile(r'near "([^"]+)"|no such \w+: (?:\w+\.)*(\w+)')
_ONE_NAME: Final = re.compile(r'Ambiguous reference to catalog or schema "([^"]+)"')


def told(error: StatementError | BadSqlError, shown: str, text: str) -> str:
    """The sentence; below it the line, if the file has it.

    Args:
        error: What went wrong.
        shown: The script's path as people know it.
        text: The script.
    """
    if isinstance(error, BadSqlError):
        line, message = error.line, str(error)
    else:
        line, message = _place(error)
    lines = text.splitlines()
    source = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f"{shown}:{line}: {message}" + (f"\n    {source}" if source else "")


def _place(error: StatementError) -> tuple[int, str]:
    statement, inner = error.statement, error.error
    lines = str(getattr(inner, "orig", None) or inner).strip().splitlines()
    at = next((n for n, line in enumerate(lines) if _LINE.match(line)), None)
    kept = [line.strip() for line in _without_picture(lines, at) if line.strip()]
    message = _with_help("; ".join(kept) or type(inner).__name__)
    found = _LINE.match(lines[at]) if at is not None else None
    if found is None:
        return statement.line + _offset_of_name(message, statement), message
    own = int(found[1]) - 1 - error.lines_before
    return statement.line + max(own, 0), message


def _with_help(message: str) -> str:
    """DuckDB calls a database like its file, and advises what no author can do."""
    found = _ONE_NAME.search(message)
    if found is None:
        return message
    help_ = "let its file have another name, or write another schema in `schema_name`"
    return f"the database and a schema in it are both called `{found[1]}`: {help_}"


def _without_picture(lines: list[str], at: int | None) -> list[str]:
    """Without the line that a database repeats, and the caret below it."""
    if at is None:
        return lines
    rest = lines[at + 1 :]
    return lines[:at] + (rest[1:] if rest and set(rest[0].strip()) <= {"^"} else rest)


def _offset_of_name(message: str, statement: Statement) -> int:
    """How many lines below its first a statement has the word that SQLite complains about."""
    found = _NAMED.search(message)
    word = (found[1] or found[2]) if found else ""
    at = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", statement.text) if word else None
    return statement.text.count("\n", 0, at.start()) if at else 0
