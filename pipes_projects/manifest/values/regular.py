"""Regular expressions of authors, matched in a time that grows with the text.

Python's own engine tries all ways to match: for `(a+)+b` and forty letters, that never ends. The
engine that Pydantic uses has no such patterns, but does not know all that Python's does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, ValidationError
from pydantic_core.core_schema import str_schema

_ELSE: Final = re.compile(r"\[\[|&&|--|~~|\$.", re.DOTALL)
"""What means something else there: in sets, and, before a line's end, `$`."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches a pattern, which is one of Python's."""
    engine = _engine(pattern)
    if engine is None:
        return re.fullmatch(pattern, text) is not None
    try:
        engine.validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _engine(pattern: str) -> SchemaValidator | None:
    """What matches this pattern; None if only Python can."""
    if _ELSE.search(pattern):
        return None
    try:
        return SchemaValidator(str_schema(pattern=f"^(?:{pattern})$", regex_engine="rust-regex"))
    except SchemaError:
        return None
