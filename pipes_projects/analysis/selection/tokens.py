"""The text of a selection → its words and signs."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, get_args

from pipes_projects.analysis.selection.expressions import Answerable, End

Kind = Literal["quoted", "null", "digits", "word", "glob", "star", "operator", "keyword", "sign"]

ANSWERABLE: Final = get_args(Answerable)
FROM_THE_SERVER: Final = (
    *("code_location", "status", "column", "table_name", "column_tag", "changed_in_branch"),
    *("automation_type", "sensor", "schedule", "job"),
)
"""Attributes of Dagster's language that manifests cannot answer."""
ENDS: Final = get_args(End)
ALSO_VALUES: Final = frozenset({"sensor", "schedule", "job"})
"""Attributes whose names may also be unquoted values."""

_KEYWORDS: Final = frozenset({*ANSWERABLE, *FROM_THE_SERVER, *ENDS})
_OPERATORS: Final = frozenset({"and", "or", "not", "AND", "OR", "NOT"})
_TOKEN: Final = re.compile(
    r"""(?P<quoted>"[^"\\\r\n]*") | (?P<null><null>) | (?P<digits>[0-9]+)
    | (?P<word>[A-Za-z_*][A-Za-z0-9_*/]*) | (?P<sign>[=:+(),])""",
    re.VERBOSE,
)
_BLANK: Final = re.compile(r"[ \t\r\n]*")


class Token(NamedTuple):
    """A word or a sign, and where it is."""

    kind: Kind | Literal["end", "unknown"]
    text: str
    offset: int

    @property
    def end(self) -> int:
        """The index where the text continues."""
        return self.offset + len(self.text)


def tokens(text: str) -> tuple[Token, ...]:
    """All tokens, and then the end; reading stops at what cannot be read."""
    found: list[Token] = []
    at = _past_blanks(text, 0)
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return (*found, Token("unknown", text[at], at))
        found.append(_token(match))
        at = _past_blanks(text, match.end())
    return (*found, Token("end", "", len(text)))


def _past_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _token(match: re.Match[str]) -> Token:
    text = match[0]
    return Token(_kind(match.lastgroup or "", text), text, match.start())


def _kind(group: str, text: str) -> Kind:
    if group != "word":
        return group  # type: ignore[return-value]
    if text == "*":
        return "star"
    if text in _OPERATORS:
        return "operator"
    if text in _KEYWORDS:
        return "keyword"
    return "glob" if "*" in text else "word"
