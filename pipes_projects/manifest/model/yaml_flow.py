"""Data as an author would write it: YAML, in one line."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_FIRST: Final = re.compile(r"-(?=\S)|[^-?:,\[\]{}#&*!|>'\"%@`\s]")
_NOT_PLAIN: Final = re.compile(r": |:$| #| $")
_NOT_INSIDE: Final = re.compile(r"[,\[\]{}]")
_NO_TEXT: Final = re.compile(
    r"~|null|true|false|[-+]?(\.?[0-9][0-9.]*(e[-+]?[0-9]+)?|\.inf)|\.nan|0[ox][0-9a-f]+", re.I
)


class AsIs(str):
    """A number or a boolean as its author wrote it."""

    __slots__ = ()


def flow(value: Any) -> str:
    """A value in YAML's flow style; line breaks in text are shown as spaces."""
    if isinstance(value, AsIs):
        return str(value)
    if isinstance(value, dict):
        parts = (f"{_inside(key)}: {_inside(part)}" for key, part in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inside, value)) + "]"
    if isinstance(value, str):
        return _text(" ".join(value.split()) if "\n" in value else value)
    if isinstance(value, float):
        return re.sub("inf|nan", r".\g<0>", repr(value))
    return json.dumps(value)


def _inside(value: Any) -> str:
    text = flow(value)
    is_plain = isinstance(value, str) and not text.startswith('"')
    return json.dumps(text, ensure_ascii=False) if is_plain and _NOT_INSIDE.search(text) else text


def _text(text: str) -> str:
    if _FIRST.match(text) and not _NOT_PLAIN.search(text) and text.isprintable():
        return json.dumps(text) if _NO_TEXT.fullmatch(text) else text
    return json.dumps(text, ensure_ascii=not text.isprintable())
