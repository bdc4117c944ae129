"""The text of a script → its statements, and the values that they ask for: `{params.name}`.

Only as much SQL is understood as that takes: quotes, comments, parentheses, and first words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"""(?P<comment> --[^\n]* | /\*.*?(?:\*/|\Z) )
      | (?P<quoted> \b[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)  |  '(?:[^']|'')*(?:'|\Z)
                  | "(?:[^"]|"")*(?:"|\Z)  |  `[^`]*(?:`|\Z)
                  | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z) )
      | (?P<value> \{(?P<what>params|partition)\.(?P<name>[^{}\s]*)\} )
      | (?P<word> [^\W\d]\w* )
      | (?P<space> \s+ )
      | (?P<sign> . )""",
    re.VERBOSE | re.DOTALL,
)
_VALUE: Final = re.compile(r"\{(?:params|partition)\.[^{}\s]*\}")
_QUERIES: Final = frozenset({"select", "values", "from", "table", "pivot", "unpivot"})
_CHANGES: Final = frozenset({"insert", "update", "delete", "merge"})
_BEFORE_NAMES: Final = frozenset({"join", "into", "table", "update", "view", "schema", "index"})
_OF_TRANSACTIONS: Final = frozenset({"begin", "start", "commit", "rollback", "end", "vacuum"})


class AskedValue(NamedTuple):
    """A value that a statement asks for."""

    what: str
    """`params` or `partition`."""
    name: str
    start: int
    """Where it is written in the statement."""
    end: int
    line: int
    """Its line in the file, from 1."""
    place: int = -1
    """Where it is written in the file."""


@dataclass(frozen=True)
class Statement:
    """One statement of a file, without the semicolon."""

    text: str
    line: int
    """The line of its first word in the file, from 1."""
    values: tuple[AskedValue, ...]
    first: str
    """Its first word, in lower case."""
    is_query: bool
    """Whether it only asks for rows."""

    @property
    def is_of_transactions(self) -> bool:
        """Whether it begins or ends a transaction, or cannot be in one."""
        return self.first in _OF_TRANSACTIONS


class BadSqlError(Exception):
    """A file that cannot be run as it is, and where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def statements(text: str) -> list[Statement]:
    """The statements of a file, in order; raises `BadSqlError` for values where none can be."""
    return list(_Reader(text).read())


@dataclass
class _Reader:
    text: str
    start: int = -1
    """Where the statement begins; -1 if no word of it has been read."""
    words: list[str] = field(default_factory=list)
    """Its words and signs, in lower case, without what is in quotes."""
    depths: list[int] = field(default_factory=list)
    """How many parentheses each of these is in."""
    opened: list[int] = field(default_factory=list)
    """For each open parenthesis, which word follows it."""
    values: list[AskedValue] = field(default_factory=list)

    def read(self) -> Iterator[Statement]:
        """The statements, in order."""
        for token in _TOKEN.finditer(self.text):
            if token.lastgroup == "space" or token["comment"]:
                continue
            if token[0] == ";" and not self._is_in_trigger():
                yield from self._statement(token.start())
                continue
            self.start = token.start() if self.start < 0 else self.start
            if token["quoted"]:
                self._quoted(token)
            elif token["value"]:
                self._value(token)
            self._word(token[0].lower() if token["word"] or token["sign"] else "")
        yield from self._statement(len(self.text))

    def _word(self, word: str) -> None:
        if word == ")" and self.opened:
            self.opened.pop()
        self.words.append(word)
        self.depths.append(len(self.opened))
        if word == "(":
            self.opened.append(len(self.words))

    def _statement(self, end: int) -> Iterator[Statement]:
        if self.start >= 0:
            line = self._line(self.start)
            text = self.text[self.start : end].rstrip()
            first = next((word for word in self.words if word != "("), "")
            yield Statement(text, line, tuple(self.values), first, self._is_query(first))
        self.start, self.words, self.depths = -1, [], []
        self.opened, self.values = [], []

    def _is_query(self, first: str) -> bool:
        if first != "with":
            return first in _QUERIES
        top = (word for word, depth in zip(self.words, self.depths, strict=True) if not depth)
        return next((word for word in top if word in _QUERIES | _CHANGES), "") in _QUERIES

    def _is_in_trigger(self) -> bool:
        """SQLite's triggers have statements inside, up to their `end`."""
        return "trigger" in self.words[1:4] and self.words[-1] != "end"

    def _quoted(self, token: re.Match[str]) -> None:
        if found := _VALUE.search(token[0]):
            line = self._line(token.start() + found.start())
            raise BadSqlError(
                line, f"`{found[0]}` is in quotes: a value is bound, so it is written without them"
            )

    def _value(self, token: re.Match[str]) -> None:
        start, end, line = token.start(), token.end(), self._line(token.start())
        if self.text[start - 1 : start] == "{" or self.text[end : end + 1] == "}":
            raise BadSqlError(line, f"write `{token[0]}` with one brace at each end")
        if self._is_name() or self.text[end : end + 1] == ".":
            raise BadSqlError(
                line,
                f"`{token[0]}` is where a name belongs: values can be bound, and names cannot",
            )
        at = start - self.start
        self.values.append(
            AskedValue(token["what"], token["name"], at, at + len(token[0]), line, start)
        )

    def _is_name(self) -> bool:
        """Whether what follows can only be a name."""
        last = self.words[-1] if self.words else ""
        if last == "from" and self.words[-2:-1] != ["distinct"]:
            inside = self.words[self.opened[-1] :] if self.opened else self.words
            return bool(inside) and inside[0] in ("select", "with", "from", "delete")
        return last == "." or last in _BEFORE_NAMES

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1
