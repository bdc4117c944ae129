"""The text of a manifest without the values of its variables, which may be secret.

What a finding shows ends up in public logs. Each letter of a value becomes a `*`, so that columns
stay as they are. The text may be no YAML: the finding may be about just that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_BLANK: Final = r"[^\S\n]"
_BRACKET: Final = re.compile(r""""(?:[^"\\]|\\.){0,999}"|'[^']{0,999}'|[\[\]{}]""", re.DOTALL)
_QUOTED: Final = r""""(?:[^"\\\n]|\\.){0,999}"|'[^'\n]{0,999}'"""
_IN_FLOW: Final = re.compile(
    rf"""(:{_BLANK}*|=(?![^,\[\]{{}}\n]{{0,99}}["'][ ]*:))"""
    rf"({_QUOTED}|(?!\$\{{)[^\s,\[\]{{}}][^,\[\]{{}}\n]*)"
)
_VARIABLE: Final = rf"{_BLANK}*[A-Z_][A-Z0-9_]*{_BLANK}*[:=\uff1a][^\n]*"
"""A line in capitals: whatever its indentation, it is a variable, and no key of ours."""
_VARIABLES_NAME: Final = r"[\"']?[A-Z_][A-Z0-9_]*[\"']?"
_PAIR: Final = rf"[^\s:=\[{{]+[ ]*(?::{_BLANK}+|=)"
_FLOW_ITEM: Final = re.compile(rf"^{_BLANK}*-[ ]+[\[{{][^\n]*$", re.MULTILINE)
_NO_SECRET: Final = (
    r"null|~|[|>][-+0-9]*|[^\s:]+:|.*(?:\$\{|\{\{|\{(?:params|deployment)\.).*|[\"']?\$\w+[\"']?"
)


class _Key:
    """A key with variables below it."""

    def __init__(self, words: str, no_secret: str, words_are_values: bool) -> None:
        """`no_secret` matches values that may be shown; `words_are_values` says whether a word
        without a name may be one."""
        self.no_secret, self.words_are_values = re.compile(no_secret), words_are_values
        pair = rf"(?:{_PAIR})?" if words_are_values else _PAIR
        name = rf"""\b{words}["']?{_BLANK}*[:\uff1a]"""
        self.opening = re.compile(
            rf"""{name}(?={_BLANK}*[\[{{])"""
            rf"""|^(?P<indent>[ ]*)["']?{name}{_BLANK}*(?:[|>][-+0-9]*{_BLANK}*)?(?:#[^\n]*)?\n""",
            re.MULTILINE,
        )
        self.on_its_line = re.compile(
            rf"""^([ ]*["']?{name}{_BLANK}*)([^\s\#\[{{|>][^\n]*)$""", re.MULTILINE
        )
        self.in_block = re.compile(rf"^({_BLANK}*(?:-[ ]+)?{pair})(\S[^\n]*)$", re.MULTILINE)

    def hide(self, text: str) -> str:
        """The same text, equally long, without the values below the key."""
        text, parts, at = self.on_its_line.sub(self._starred_if_pair, text), [], 0
        for found in self.opening.finditer(text):
            if found.start() >= at:
                start, indent = found.end(), found["indent"]
                end = _closed(text, start) if indent is None else _dedented(text, start, indent)
                values = self._in_flow if indent is None else self._in_block
                parts += [text[at:start], values(text[start:end])]
                at = end
        return "".join((*parts, text[at:]))

    def _in_flow(self, text: str) -> str:
        return _IN_FLOW.sub(self._starred, text)

    def _in_block(self, text: str) -> str:
        text = self.in_block.sub(self._starred, text)
        return _FLOW_ITEM.sub(lambda item: self._in_flow(item[0]), text)

    def _starred(self, found: re.Match[str]) -> str:
        name, value = found.groups()
        return found[0] if self.no_secret.fullmatch(value) else name + "*" * len(value)

    def _starred_if_pair(self, found: re.Match[str]) -> str:
        """Text where a mapping or a list belongs has a value in it, unless it is only words."""
        text = found[2].partition(" #")[0]
        is_value = any(sign in text for sign in "=:\uff1a")
        is_value = is_value or (self.words_are_values and len(text.split()) > 1)
        return self._starred(found) if is_value else found[0]


_KEYS: Final = {
    "env": _Key("env(?:s|_vars|ironment(?:_variables)?)?", _NO_SECRET, True),
    "secret": _Key("secrets?", rf"{_NO_SECRET}|{_VARIABLES_NAME}", False),
}
"""By a part of its name. Below `secrets` belong names alone, also of what the owner calls them."""


def help_without_env_values(help_: str) -> str:
    """The same help, unless it shows an example of ours rather than what its reader wrote."""
    return help_ if help_.startswith("for example ") else without_env_values(help_)


@lru_cache(maxsize=4)
def without_env_values(text: str) -> str:
    """The same text, equally long, with each value under a key such as `env` made unreadable."""
    for part, key in _KEYS.items():
        text = key.hide(text) if part in text else text
    return text


def _closed(text: str, start: int) -> int:
    """Where the bracket after `start` is closed; the end of the text if it never is."""
    depth = 0
    for found in _BRACKET.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(text)


def _dedented(text: str, start: int, indent: str) -> int:
    """Where the lines end that belong to a key: indented further, blank, or items of its list."""
    width = len(indent)
    lines = rf"{_BLANK}{{{width + 1}}}[^\n]*|[ ]{{{width}}}-[ ][^\n]*|{_BLANK}*|{_VARIABLE}"
    inside = re.compile(rf"(?:{lines})(?:\n|\Z)")
    while start < len(text) and (line := inside.match(text, start)):
        start = line.end()
    return start
