"""The door for text: what came with a project is shown as it is, and obeyed by nobody.

Names, values, settings, paths, and the words of git and of owners' exceptions pass one of these
functions on their way out, by the kind of output: a line, lines, JSON, or XML. None of them lets
through an escape sequence, a control character, or a mark that turns the direction of writing; nor
a line that a CI system takes for one of its commands. JSON and XML still say exactly the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

HIDDEN: Final = "\N{REPLACEMENT CHARACTER}"
LONGEST: Final = 1000

# GitHub obeys `::name …::` at the start of a line, behind any blanks; it, Azure and TeamCity obey
# `##[…]`, `##vso[…]` and `##teamcity[…]` anywhere in a line.
_AT_START: Final = re.compile(r"^([^\S\n]*):(?=:[^:\s])", re.MULTILINE)
_ANYWHERE: Final = re.compile(r"#(?=#[\w.-]*\[)")
_NOT_ASCII: Final = re.compile(r"[^\n -~]")


def one_line(text: str) -> str:
    """Printable, and in one line; what cannot be shown is replaced, letter by letter."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c in "\t\r\n" else HIDDEN for c in text)


def brief(text: str) -> str:
    """One line, and not endless."""
    text = one_line(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def shown(text: str) -> str:
    """One line that no CI system obeys, as long as the text."""
    is_plain = text.isprintable() and "::" not in text and "##" not in text
    return text if is_plain else _disarmed(one_line(text))


def shown_lines(text: str) -> str:
    """Lines that no CI system obeys; only LF ends one."""
    return _disarmed("\n".join(map(one_line, text.split("\n"))))


def json_text(value: Any, indent: int | None = 2) -> str:
    """A value as JSON, in which all that cannot be shown, or could be obeyed, is an escape.

    Numbers that JSON has not, such as infinity, are texts.
    """
    text = _escaped(_dumped(value, indent), _json_escape)
    return _ANYWHERE.sub(r"\\u0023", text)


def _dumped(value: Any, indent: int | None) -> str:
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), indent=indent, ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(it) for key, it in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(it) for it in value]
    return json.dumps(value) if isinstance(value, float) and not math.isfinite(value) else value


def ascii_json(text: str) -> str:
    """JSON that says the same in any encoding."""
    return _NOT_ASCII.sub(lambda found: _json_escape(found[0]), text)


def ascii_xml(text: str) -> str:
    """XML that says the same in any encoding."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def xml_text(text: str) -> str:
    """XML, in which all that cannot be shown, or could be obeyed, is a reference."""
    text = _ANYWHERE.sub("&#35;", _escaped(text, lambda letter: f"&#{ord(letter)};"))
    return _AT_START.sub(r"\1&#58;", text)


def _disarmed(text: str) -> str:
    text = _AT_START.sub(rf"\1{HIDDEN}", text) if "::" in text else text
    return _ANYWHERE.sub(HIDDEN, text) if "##" in text else text


def _escaped(text: str, escape: Callable[[str], str]) -> str:
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else escape(c) for c in text)


def _json_escape(letter: str) -> str:
    return json.dumps(letter)[1:-1]
