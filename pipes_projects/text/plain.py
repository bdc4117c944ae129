"""The door for text: what comes from a project is shown, but no terminal or CI system obeys it.

Names, values, settings, paths, and the words of git and of owners' exceptions pass one of these
functions on their way out, by the kind of output: a line, lines, JSON, or XML. None of them lets
through an escape sequence, a control character, or a mark that changes the direction of writing;
nor a line that a CI system takes for one of its commands. JSON and XML keep their exact meaning.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

HIDDEN: Final = "\N{REPLACEMENT CHARACTER}"
LONGEST: Final = 1000

# GitHub obeys `::name …::` at the start of a line, after any spaces; it, Azure and TeamCity obey
# `##[…]`, `##vso[…]` and `##teamcity[…]` anywhere in a line.
_AT_START: Final = re.compile(r"^([^\S\n]*):(?=:[^:\s])", re.MULTILINE)
_ANYWHERE: Final = re.compile(r"#(?=#[\w.-]*\[)")
_NOT_ASCII: Final = re.compile(r"[^\n -~]")
# As JSON escapes them: letters of two halves; and controls, marks of direction, and lone halves.
_STEERING: Final = re.compile(
    r"(?<!\\)((?:\\\\)*)(?:(\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|\\[bf]|\\u(?:00[0189][0-9a-f]"
    r"|007f|061c|200[ef]|202[8-9a-e]|206[0-9a-f]|feff|d[89a-f][0-9a-f]{2}))"
)
_SPELT: Final = {"→": "->", "…": "...", HIDDEN: "?"}
_ENCODING: Final = ContextVar("encoding", default="utf-8")


def one_line(text: str) -> str:
    """Printable, and in one line; each character that cannot be shown is replaced."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c in "\t\r\n" else HIDDEN for c in text)


def brief(text: str) -> str:
    """One line of limited length."""
    text = one_line(text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def shown(text: str) -> str:
    """One line that no CI system obeys, and no longer than the text."""
    is_plain = text.isprintable() and "::" not in text and "##" not in text
    return text if is_plain else _disarmed(one_line(text))


def shown_lines(text: str) -> str:
    """Lines that no CI system obeys; only LF ends one."""
    return _disarmed("\n".join(map(one_line, text.split("\n"))))


@contextmanager
def readers_have(encoding: str) -> Iterator[None]:
    """While this lasts, frames and tables fit what is shown in this encoding."""
    token = _ENCODING.set(encoding)
    try:
        yield
    finally:
        _ENCODING.reset(token)


def spelt(text: str, encoding: str | None = None) -> str:
    """The text in an encoding: letters that it lacks are spelled with others, or escaped."""
    if text.isascii():
        return text
    encoding = encoding or _ENCODING.get()
    return text.encode(encoding, _spelt_out.__name__).decode(encoding)


def _spelt_out(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    words = (
        _SPELT.get(letter) or letter.encode("ascii", "backslashreplace").decode()
        for letter in letters
    )
    return "".join(words), error.end


codecs.register_error(_spelt_out.__name__, _spelt_out)


def json_text(value: Any, indent: int | None = 2) -> str:
    """A value as JSON, with everything escaped that cannot be shown, or could be obeyed.

    Numbers that JSON does not have, such as infinity, become text.
    """
    text = _escaped(_dumped(value, indent), _json_escape)
    return _ANYWHERE.sub(r"\\u0023", text)


def page_json(value: Any) -> str:
    """A value as JSON for a page, in one line; letters that no page shows, or that change the
    direction of writing, are replaced."""
    text = json_text(value, None)
    return _STEERING.sub(_not_steering, text) if "\\" in text else text


def _not_steering(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2] or HIDDEN}"


def _dumped(value: Any, indent: int | None) -> str:
    try:
        return json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), indent=indent, ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return json.dumps(value) if isinstance(value, float) and not math.isfinite(value) else value


def ascii_json(text: str) -> str:
    """JSON that means the same in any encoding."""
    return _NOT_ASCII.sub(lambda found: _json_escape(found[0]), text)


def ascii_xml(text: str) -> str:
    """XML that means the same in any encoding."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def markdown_code(text: str) -> str:
    """A line as code in Markdown, where it calls nobody and links to nothing."""
    fence = "`"
    while fence in text:
        fence += "`"
    gap = " " if "`" in text or not text.strip() else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def xml_text(text: str) -> str:
    """XML, with everything as a reference that cannot be shown, or could be obeyed."""
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
