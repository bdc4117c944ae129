"""The transactions that a file begins and ends itself: whether what it makes is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipes_projects.kinds.sql.reading.statements import BadSqlError, Statement

_KEEP: Final = ("commit", "end")
_GOES_ON: Final = re.compile(r"\bto\b|(?<!\bno )\bchain\b", re.IGNORECASE)
"""In `rollback to savepoint`, and where another transaction begins at once: `and chain`, but not
`and no chain`."""
_NOTHING_TO_UNDO: Final = (
    "this undoes nothing, as it is in no transaction, and what comes before it would be kept: write"
    " `begin` where the transaction begins, or remove it"
)
_DOES_MORE: Final = re.compile(
    r"""\b(?:into|insert|update|delete|merge)\b
    | ^(?!.*\bfrom\b) .* \b(?!(?:select|values)\b)\w+\s*\(""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""In a query that makes a table, changes rows, or is there for a function that it calls."""
_COMMENT: Final = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)


def refuse_what_is_not_kept(statements: Iterable[Statement]) -> None:
    """Raise `BadSqlError` for a file that leaves a transaction open, or undoes all that it does."""
    begun: Statement | None = None
    undone: Statement | None = None
    is_kept = is_pending = False
    found = [*statements]
    is_whole = not any(statement.is_of_transactions for statement in found)
    for statement in found:
        goes_on = _GOES_ON.search(" ".join(_COMMENT.sub(" ", statement.text).split()))
        if statement.first in ("begin", "start"):
            begun, is_pending = statement, False
        elif statement.first in _KEEP:
            begun, is_kept = begun if goes_on else None, is_kept or is_pending
            is_pending = False
        elif statement.first in ("rollback", "abort") and not goes_on:
            if begun is None and is_pending:
                raise BadSqlError(statement.line, _NOTHING_TO_UNDO)
            undone = statement if begun else undone
            begun, is_pending = None, False
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


def without_result(statements: Iterable[Statement], shown: str) -> str:
    """What to say about a file whose statements only ask for rows, which go nowhere; empty for
    any other, also if a query may do more than that."""
    found = [*statements]
    asked = [statement for statement in found if not statement.is_of_transactions]
    if not asked or not all(map(_only_asks, asked)):
        return ""
    what, help_ = "the rows of these queries are not kept", "leave only one of them"
    if len(asked) == 1:
        others = dict.fromkeys(
            statement.first for statement in found if statement.is_of_transactions
        )
        what = "the rows of this query are not kept, as the file has other statements"
        help_ = f"leave out {' and '.join(f'`{word}`' for word in others)}"
    return f"{shown}:{asked[0].line}: {what}: {help_}, and its result becomes the table"


def _only_asks(statement: Statement) -> bool:
    text = _COMMENT.sub(" ", statement.text)
    return statement.is_query and not _DOES_MORE.search(text)
