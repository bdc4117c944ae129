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
_SAVEPOINT_ALONE: Final = (
    "this savepoint is in no transaction, and what follows might not be kept: write `begin` before"
    " it, and `commit` at the end"
)
_NEVER_ENDED: Final = (
    "this transaction is never ended, and nothing in it would be kept: add `commit` at the end, or"
    " leave out both, as a file without them is one transaction"
)
_ALL_UNDONE: Final = (
    "this undoes everything that the file does: write `commit` in place of `rollback`"
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
    found = [*statements]
    course = _Course(not any(statement.is_of_transactions for statement in found))
    for statement in found:
        course.take(statement)
    course.finish()


class _Course:
    """What has been begun, kept and undone, one statement after the other."""

    def __init__(self, is_whole: bool) -> None:
        self.is_whole = is_whole
        """Whether the file is one transaction, as it has no statement about any."""
        self.begun: Statement | None = None
        self.undone: Statement | None = None
        self.is_kept = self.is_pending = False

    def take(self, statement: Statement) -> None:
        """Raises `BadSqlError` for what cannot be right after the statements before it."""
        goes_on = _GOES_ON.search(" ".join(_COMMENT.sub(" ", statement.text).split()))
        if statement.first in ("begin", "start"):
            self.begun, self.is_pending = statement, False
        elif statement.first in _KEEP:
            self.is_kept = self.is_kept or self.is_pending
            self.begun, self.is_pending = self.begun if goes_on else None, False
        elif statement.first in ("rollback", "abort") and not goes_on:
            self._undo(statement)
        elif statement.first == "savepoint" and self.begun is None and not self.is_whole:
            raise BadSqlError(statement.line, _SAVEPOINT_ALONE)
        elif not statement.is_of_transactions:
            self.is_kept, self.is_pending = self.is_kept or self.begun is None, True

    def _undo(self, statement: Statement) -> None:
        if self.begun is None and self.is_pending:
            raise BadSqlError(statement.line, _NOTHING_TO_UNDO)
        self.undone = statement if self.begun else self.undone
        self.begun, self.is_pending = None, False

    def finish(self) -> None:
        """Raises `BadSqlError` if the end of the file is too early, or nothing is kept."""
        if self.begun is not None:
            raise BadSqlError(self.begun.line, _NEVER_ENDED)
        if self.undone is not None and not self.is_kept:
            raise BadSqlError(self.undone.line, _ALL_UNDONE)


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
