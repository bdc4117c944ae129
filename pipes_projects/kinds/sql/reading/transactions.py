"""The transactions that a file begins and ends itself: whether what it makes is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipes_projects.kinds.sql.reading.statements import BadSqlError, Statement

_KEEP: Final = ("commit", "end")
_GOES_ON: Final = re.compile(r"\b(?:to|chain)\b", re.IGNORECASE)
"""In `rollback to savepoint`, and where another transaction begins at once."""
_COMMENT: Final = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)


def refuse_what_is_not_kept(statements: Iterable[Statement]) -> None:
    """Raise `BadSqlError` for a file that leaves a transaction open, or undoes all that it does."""
    begun: Statement | None = None
    undone: Statement | None = None
    is_kept = is_pending = False
    found = [*statements]
    is_whole = not any(statement.is_of_transactions for statement in found)
    for statement in found:
        goes_on = _GOES_ON.search(_COMMENT.sub(" ", statement.text))
        if statement.first in ("begin", "start"):
            begun, is_pending = statement, False
        elif statement.first in _KEEP and not goes_on:
            begun, is_kept = None, is_kept or is_pending
        elif statement.first in ("rollback", "abort") and not goes_on:
            begun, undone = None, statement
        elif statement.first == "savepoint" and begun is None and not is_whole:
            raise BadSqlError(
                statement.line,
                "this savepoint is in no transaction, and what follows might not be kept: write"
                " `begin` before it, and `commit` at the end",
            )
        elif not statement.is_of_transactions:
            is_kept, is_pending = is_kept or begun is None, True
    if begun is not None:
        raise BadSqlError(
            begun.line,
            "this transaction is never ended, and nothing in it would be kept: add `commit` at the"
            " end, or leave out both, as a file without them is one transaction",
        )
    if undone is not None and not is_kept:
        raise BadSqlError(
            undone.line,
            "this undoes everything that the file does: write `commit` in place of `rollback`",
        )
