"""Words as YAML writes them: plain where every reader takes them for text, otherwise in quotes."""

from __future__ import annotations

import json
import re
from typing import Final

_PLAIN: Final = re.compile(r"(\.{1,2}/)*[A-Za-z_][\w./@+-]*", re.ASCII)
_MISREAD: Final = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff]")
_NO_TEXT: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def word(text: str) -> str:
    """Text as a key or a value in YAML."""
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT
    return text if is_plain else _quoted(text)


def in_place_of(old: str, text: str) -> str:
    """Text in the quotes of the word that it replaces; `old` is that word as written."""
    if old.startswith("'"):
        return "'" + text.replace("'", "''") + "'"
    return _quoted(text) if old.startswith('"') else word(text)


def _quoted(text: str) -> str:
    """In double quotes; what some readers take for a line break, or drop, is escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _MISREAD.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
