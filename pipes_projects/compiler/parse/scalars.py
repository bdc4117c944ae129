"""Plain scalars → their values, by the core schema of YAML 1.2: `NO`, `on` and `12:30` are text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pipes_projects.compiler.parse.tree import Node
from pipes_projects.manifest.model.yaml_flow import AsIs

_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = frozenset({"null", "Null", "NULL", "~"})
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]{1,400})|0o(?P<oct>[0-7]{1,400})|0x(?P<hex>[0-9a-fA-F]{1,400})"
    r"|(?P<float>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
    r"|(?P<inf>[-+]?)\.(inf|Inf|INF)|\.(?P<nan>nan|NaN|NAN)"
)
_NUMBER_STARTS = frozenset("0123456789+-.")
_CONVERT: dict[str, Callable[[str], Any]] = {
    "int": int,
    "oct": lambda digits: int(digits, 8),
    "hex": lambda digits: int(digits, 16),
    "float": float,
    "inf": lambda sign: float(sign + "inf"),
    "nan": float,
}


def resolve(text: str) -> Any:
    """A plain scalar's value by YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    match = _NUMBER.fullmatch(text) if text[0] in _NUMBER_STARTS else None
    for name, part in match.groupdict().items() if match else ():
        if part is not None:
            return _CONVERT[name](part)
    return text


def as_written(node: Node) -> Any:
    """A node's value, to be shown: numbers as written, and null where a value is missing."""
    if isinstance(node.value, str):
        value = resolve(node.value) if node.is_plain and node.value else node.value
        if node.is_nothing or value is None:
            return None
        return node.value if isinstance(value, str) else AsIs(node.value)
    if node.is_mapping:
        return {key.value: as_written(value) for key, value in node.value}
    return [as_written(item) for item in node.value]


def is_encodable(text: str) -> bool:
    """Whether the text can be encoded: half a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
