r"""Regular expressions of authors, matched in a time that grows with the text.

Python's own engine tries all ways to match: for `(a+)+b` and forty letters, that never ends. The
engine that Pydantic uses never goes back. What it cannot match, such as look-around, and what it
reads differently, such as `[[`, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, ValidationError
from pydantic_core.core_schema import str_schema

from pipes_projects.manifest.values.regular_effort import MOST, effort

_UNEQUAL: Final = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]?)|(?P<odd>\\[<>]|\\b\{|[+*?}]\+|\(\?[a-zA-Z]*x)"
    r"|\\.|\{,(?P<most>\d+)\}",
    re.DOTALL,
)
_IN_SETS: Final = re.compile(r"\\.|(?P<odd>\[|&&|--|~~)", re.DOTALL)
_REASON: Final = re.compile(r"^\s*error: (.*)", re.MULTILINE)


class PatternError(ValueError):
    """Says why a pattern is none, or cannot be matched."""


def check_pattern(pattern: str) -> None:
    """Raises `PatternError` for what is no regular expression, or has another meaning elsewhere."""
    for reason in _read_differently(pattern):  # first: Python warns of some of it
        raise PatternError(f"`{pattern}` cannot be matched: {reason}")
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        raise PatternError(f"`{pattern}` is not a regular expression: {error}") from None
    except RecursionError:
        raise PatternError(f"`{pattern}` cannot be matched: its groups are too deep") from None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches a pattern; raises `PatternError` for one that is refused, and
    for a text that would take too long."""
    if effort(pattern, text) > MOST:
        raise PatternError(f"`{pattern}` would take too long to match")
    try:
        _engine(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


def refusal(pattern: str) -> str | None:
    """Why no text can be matched with a pattern, though it is one."""
    try:
        _engine(pattern)
    except PatternError as error:
        return str(error)
    return None


def _read_differently(pattern: str) -> Iterator[str]:
    """What the engine would read in another way than Python."""
    for part in _UNEQUAL.finditer(pattern):
        if part["odd"]:
            yield f"`{part['odd']}` does not mean the same everywhere"
        if part["most"]:
            yield f"write `{{0,{part['most']}}}` for `{part[0]}`"
        for odd in _IN_SETS.finditer(part["set"] or "", 1):
            if odd["odd"]:
                escaped = "".join(f"\\{letter}" for letter in odd["odd"])
                yield f"write `{escaped}` for `{odd['odd']}` in `{part['set']}`"


@lru_cache(maxsize=1024)
def _engine(pattern: str) -> SchemaValidator:
    try:
        return SchemaValidator(str_schema(pattern=f"^(?:{pattern})$", regex_engine="rust-regex"))
    except SchemaError as error:
        found = _REASON.search(str(error))
        reason = found[1] if found else "it is too large"
        raise PatternError(f"`{pattern}` cannot be matched: {reason}") from None
