"""The text of a manifest without the values of its variables, which may be secret.

What a finding shows ends up in public logs. Each letter of a value becomes a `*`, so that columns
stay as they are. The text may be no YAML: the finding may be about just that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_BLANK: Final = r"[^\S\n]"
_NAME: Final = rf"""\benv(?:s|_vars|ironment(?:_variables)?)?["']?{_BLANK}*[:\uff1a]"""
_ENV: Final = re.compile(
    rf"""{_NAME}(?={_BLANK}*[\[{{])"""
    rf"""|^(?P<indent>[ ]*)["']?{_NAME}{_BLANK}*(?:[|>][-+0-9]*{_BLANK}*)?(?:#[^\n]*)?\n""",
    re.MULTILINE,
)
_ON_ITS_LINE: Final = re.compile(
    rf"""^([ ]*["']?{_NAME}{_BLANK}*)([^\s\#\[{{|>][^\n]*)$""", re.MULTILINE
)
_BRACKET: Final = re.compile(r""""(?:[^"\\]|\\.){0,999}"|'[^']{0,999}'|[\[\]{}]""", re.DOTALL)
_QUOTED: Final = r""""(?:[^"\\\n]|\\.){0,999}"|'[^'\n]{0,999}'"""
_IN_FLOW: Final = re.compile(
    rf"""(:{_BLANK}*|=(?![^,\[\]{{}}\n]{{0,99}}["'][ ]*:))"""
    rf"({_QUOTED}|(?!\$\{{)[^\s,\[\]{{}}][^,\[\]{{}}\n]*)"
)
_IN_BLOCK: Final = re.compile(
    rf"^({_BLANK}*(?:-[ ]+)?(?:[^\s:=]+[ ]*(?::{_BLANK}+|=))?)(\S[^\n]*)$", re.MULTILINE
)
_VARIABLE: Final = rf"{_BLANK}*[A-Z_][A-Z0-9_]*{_BLANK}*[:=\uff1a][^\n]*"
"""A line in capitals: whatever its indentation, it is a variable, and no key of ours."""
_NO_SECRET: Final = re.compile(
    r"null|~|[|>][-+0-9]*|[^\s:]+:|.*(?:\$\{|\{\{|\{(?:params|deployment)\.).*|[\"']?\$\w+[\"']?"
)


def help_without_env_values(help_: str) -> str:
    """The same help, unless it shows an example of ours rather than what its reader wrote."""
    return help_ if help_.startswith("for example ") else without_env_values(help_)


@lru_cache(maxsize=4)
def without_env_values(text: str) -> str:
    """The same text, equally long, with each value under a key such as `env` made unreadable."""
    if "env" not in text:
        return text
    text, parts, at = _ON_ITS_LINE.sub(_starred_if_pair, text), [], 0
    for found in _ENV.finditer(text):
        if found.start() >= at:
            start, indent = found.end(), found["indent"]
            end = _closed(text, start) if indent is None else _dedented(text, start, len(indent))
            values = _IN_FLOW if indent is None else _IN_BLOCK
            parts += [text[at:start], values.sub(_starred, text[start:end])]
            at = end
    return "".join((*parts, text[at:]))


def _closed(text: str, start: int) -> int:
    """Where the bracket after `start` is closed; the end of the text if it never is."""
    depth = 0
    for found in _BRACKET.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(text)


def _dedented(text: str, start: int, indent: int) -> int:
    """Where the lines end that belong to a key: indented further, blank, or items of its list."""
    lines = rf"{_BLANK}{{{indent + 1}}}[^\n]*|[ ]{{{indent}}}-[ ][^\n]*|{_BLANK}*|{_VARIABLE}"
    inside = re.compile(rf"(?:{lines})(?:\n|\Z)")
    while start < len(text) and (line := inside.match(text, start)):
        start = line.end()
    return start


def _starred(found: re.Match[str]) -> str:
    name, value = found.groups()
    return found[0] if _NO_SECRET.fullmatch(value) else name + "*" * len(value)


def _starred_if_pair(found: re.Match[str]) -> str:
    """Text where a mapping belongs has a value in it, unless it is a single word."""
    text = found[2].partition(" #")[0]
    is_pair = "=" in text or ":" in text or len(text.split()) > 1
    return _starred(found) if is_pair else found[0]
