"""Slips that a YAML parser cannot name: merge conflicts, wrong indentation, missing spaces.

Each function looks at lines, and yields only what is certainly wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import inf
from typing import NamedTuple

from pipes_projects.compiler.parse.quirks.syntax_errors import ALIKE
from pipes_projects.compiler.parse.tree import Refused
from pipes_projects.manifest.forms import FORMS
from pipes_projects.manifest.model.problems import words_of

_LISTS = frozenset({"args", "columns", "deps", "kinds", "owners"})
_MARKER = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?: .*)?|={7})$", re.MULTILINE)
_BLANKS_AROUND = re.compile(r"^[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+$")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)
_BLANK = r"[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]"
"""What looks like a space, or like nothing, and is not a space in YAML."""
_ODD_END = re.compile(rf"^{_BLANK}|{_BLANK}$")
_KEY_AND_VALUE = rf"(?P<key>[A-Za-z_][\w-]*):(?P<value>(?:{_BLANK}|[^\s:/]).*)"
_NO_SPACE = re.compile(rf"(?P<before>[ ]*(?:- +)?){_KEY_AND_VALUE}")
JOINED = re.compile(_KEY_AND_VALUE, re.DOTALL)
"""A key and its value that became one word because the space between them is missing."""
_OTHER_COLON = re.compile(
    rf" *(?:- +)?(?P<key>[A-Za-z_][\w-]*)(?: |{_BLANK})*"
    r"(?P<colon>[\ufe13\ufe55\uff1a])(?P<value>.*)"
)
_OTHER_INDENT = re.compile(rf" *(?P<blanks>{_BLANK}[ ]*)+(?:- |[A-Za-z_][\w-]*:)")
_NO_SPACE_ITEM = re.compile(r"(?P<before> *)-(?P<value>[^\s-].*)")
_SPACES = "write spaces instead"
_LONGEST_KEY = 1024
"""YAML limits a key to this many characters as written, unless a `?` comes before it."""
_KEY_AS_WRITTEN = re.compile(
    r"""(?:^ *(?:- +)*|(?<=[{,]) *)"""
    r"""(?P<key>"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{}\[\],?:#][^{}\[\],:]*):"""
)
_KEY = re.compile(r" *(?:- +)?(?P<key>[\w./-]+):(?: +(?P<value>[^#\s].*))?\s*(?:#.*)?")


class _Line(NamedTuple):
    """A line of a text, and where it begins."""

    start: int
    text: str

    @property
    def indent(self) -> int:
        """The width of its indentation."""
        return len(self.text) - len(self.text.lstrip())


def conflict(text: str) -> Refused | None:
    """An unfinished merge: Git writes its markers at the start of a line."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return None
    return _conflict(text) if _CONFLICT.search(text.replace("\r", "")) else None


def _conflict(text: str) -> Refused | None:
    for line in _lines(text):
        if _MARKER.fullmatch(line.text):
            end = line.start + len(line.text)
            help_ = "keep what is right, and remove the lines that begin with `<<<<<<<`, `=======`"
            message = "a merge conflict is not resolved"
            return Refused(line.start, end, message, f"{help_} and `>>>>>>>`")
    return None


def slips(text: str, at: int) -> list[Refused]:
    """What is really wrong, where a parser gave up at an index of the text."""
    if unfinished := _conflict(text):
        return [unfinished]
    lines = [line for line in _lines(text) if line.text.strip()]
    if not lines:
        return []
    number = max((n for n, line in enumerate(lines) if line.start <= at), default=0)
    near = lines[max(0, number - 1) : number + 2]
    found = (
        [*_long_keys(near)]
        or [*_tabs(near)]
        or [*_no_space(lines, near)]
        or [*_no_space_items(lines, near)]
    )
    for rule in (_no_dash, _first_line, _too_far):
        found = found or [*rule(lines, number)]
    return found


def _long_keys(near: Sequence[_Line]) -> Iterator[Refused]:
    """A key that is longer than a parser looks ahead."""
    for line in (line for line in near if len(line.text) > _LONGEST_KEY):
        for match in _KEY_AS_WRITTEN.finditer(line.text):
            if len(match["key"]) > _LONGEST_KEY:
                start, end = (line.start + offset for offset in match.span("key"))
                help_ = f"write it in at most {_LONGEST_KEY:,} letters; `\\u00e9` counts as six"
                yield Refused(start, end, "this key is longer than YAML allows", help_)


def no_space_after_colon(text: str) -> list[Refused]:
    """Lines of a text that is not a mapping, but would be one with a space more in each."""
    lines = [line for line in _lines(text) if line.text.strip()]
    return [*_no_space(lines, lines[:1])]


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text):
        yield _Line(start, line.rstrip("\r\n"))
        start += len(line)


def _tabs(near: Sequence[_Line]) -> Iterator[Refused]:
    for line in near:
        tab = line.text[: line.indent].find("\t")
        if tab >= 0:
            place = line.start + tab
            yield Refused(place, place + 1, "a tab cannot be used here", _SPACES)
            return


def _no_space(lines: Sequence[_Line], near: Sequence[_Line]) -> Iterator[Refused]:
    if any(map(_without_space, near)):
        yield from filter(None, map(_without_space, lines))


@cache
def _words() -> frozenset[str]:
    """The keys of the format, at any depth."""
    return frozenset(word for form in FORMS for word in words_of(form))


def _without_space(line: _Line) -> Refused | None:
    if alike := _other_colon(line) or _other_indent(line):
        return alike
    match = _NO_SPACE.fullmatch(line.text)
    if not match or not _is_field(match):
        return None
    at = line.start + match.start("key")
    return missing_space(at, line.start + len(line.text), f"{match['key']}:", match["value"])


def _is_field(match: re.Match[str]) -> bool:
    """Whether a key and its value are meant to be two: text may have colons."""
    value = match["value"].strip()
    return match["key"] in _words() or value[:1] in ("", "[", "{", '"', "'")


def _other_colon(line: _Line) -> Refused | None:
    """A colon of East Asian text, after a key."""
    match = _OTHER_COLON.fullmatch(line.text)
    if not match or not _is_field(match):
        return None
    start, end = (line.start + offset for offset in match.span("colon"))
    return Refused(start, end, *_colon(match))


def _colon(match: re.Match[str]) -> tuple[str, str]:
    help_ = _right_words(f"{match['key']}:", match["value"])
    return f"`{match['colon']}` is not the colon that YAML knows", help_


def _other_indent(line: _Line) -> Refused | None:
    """Blanks of word processors, in front of a key or an item."""
    match = _OTHER_INDENT.match(line.text)
    if not match:
        return None
    message = "the blanks at the start of this line are not all spaces"
    return Refused(line.start, line.start + line.indent, message, _SPACES)


def odd_blank(key: str, start: int) -> Refused | None:
    """A blank at an end of a key, which YAML takes for a part of it."""
    word = _BLANKS_AROUND.sub("", key)
    if not word or not _ODD_END.search(key):
        return None
    where, help_ = ("after", f"write `{word}:`") if key.startswith(word) else ("before", _SPACES)
    return Refused(start, start + len(key), f"the blank {where} `{word}` is not a space", help_)


def joined(pair: str) -> re.Match[str] | None:
    """A key and its value in one word."""
    return JOINED.match(pair) or _OTHER_COLON.match(pair)


def joined_pair(pair: str, may_be_secret: bool) -> tuple[str, str] | None:
    """What is wrong with a key that became one word with its value, and what to write."""
    if may_be_secret and (given := re.match(r"\s*([^\s:=]+)=", pair)):
        message = f"a `:` and a space belong after `{given[1]}`, not a `=`"
        return message, "a variable is written `NAME: value`"
    match = joined(pair)
    if not match:
        return None
    key, is_colon = f"{match['key']}:", match.re is JOINED
    space = missing_space(0, 0, key, match["value"])
    message, help_ = (space.message, str(space.help)) if is_colon else _colon(match)
    return message, f"write a space after `{key}`" if may_be_secret else help_


def missing_space(start: int, end: int, before: str, after: str) -> Refused:
    """Both ends of a word that should be two."""
    message = f"a space is missing after `{before}`"
    if re.match(_BLANK, after):
        message = f"the blank after `{before}` is not a space"
    return Refused(start, end, message, _right_words(before, after))


def _right_words(before: str, after: str) -> str:
    after = _BLANKS_AROUND.sub("", after)
    if before.rstrip(":") in _LISTS and after[:1] not in "[{":
        after = f"[{after}]"
    return f"write `{f'{before} {after}'.rstrip()}`"


def _no_space_items(lines: Sequence[_Line], near: Sequence[_Line]) -> Iterator[Refused]:
    is_list = any(line.text.lstrip().startswith("- ") or _opens_list(line) for line in near)
    if is_list and any(_NO_SPACE_ITEM.fullmatch(line.text) for line in near):
        for line in lines:
            if match := _NO_SPACE_ITEM.fullmatch(line.text):
                start = line.start + line.indent
                yield missing_space(start, line.start + len(line.text), "-", match["value"])


def _opens_list(line: _Line) -> bool:
    match = _KEY.fullmatch(line.text)
    return match is not None and match["key"] in _LISTS and not match["value"]


def _no_dash(lines: Sequence[_Line], number: int) -> Iterator[Refused]:
    """An item below the key of its list, without the dash of an item."""
    line = lines[number]
    if number and _opens_list(lines[number - 1]) and not line.text.lstrip().startswith("-"):
        end = line.start + len(line.text)
        message = "an item of a list begins with `- `"
        yield Refused(line.start + line.indent, end, message, f"write `- {line.text.strip()}`")


def in_its_column(text: str, refused: Refused) -> Refused:
    """What does not line up with the lines above it, and what it should line up with."""
    match = _KEY.fullmatch(text[refused.start :].partition("\n")[0].rstrip())
    if refused.help != ALIKE or not match:
        return refused
    lines = [line for line in _lines(text[: refused.start]) if line.text]
    column = len(lines[-1].text) if lines and not text[: refused.start].endswith("\n") else 0
    above = [key for key in _open_keys(lines) if key[0] != column]
    if not above:
        return refused
    _, name = min(above, key=lambda key: abs(key[0] - column))
    help_ = f"begin `{match['key']}` in the same column as `{name}`"
    return Refused(refused.start, refused.end, refused.message, help_)


def _open_keys(lines: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """The columns and keys of the mappings that are still open after the lines, innermost first."""
    column: float = inf
    for line in reversed(lines):
        match = _KEY.fullmatch(line.text)
        if match and match.start("key") < column:
            column = match.start("key")
            yield int(column), match["key"]


def _first_line(lines: Sequence[_Line], number: int) -> Iterator[Refused]:
    content = [line for line in lines if not line.text.lstrip().startswith(("#", "---", "%"))]
    if not content or lines[number].indent >= content[0].indent:
        return
    first, end = content[0], content[0].start + len(content[0].text)
    message = "this line is indented, and those below it are not"
    help_ = f"begin it in the first column: `{first.text.strip()}`"
    yield Refused(first.start + first.indent, end, message, help_)


def _too_far(lines: Sequence[_Line], number: int) -> Iterator[Refused]:
    """A key indented below another one that already has a value."""
    line, above = lines[number], lines[number - 1] if number else None
    match, earlier = _KEY.fullmatch(line.text), _KEY.fullmatch(above.text) if above else None
    if not above or not match or not earlier or line.indent <= above.indent:
        return
    if earlier["value"] and earlier["value"][0] not in "|>[{\"'&!":
        message = "this line is indented further than the one above it, which already has a value"
        help_ = f"begin `{match['key']}` in the same column as `{earlier['key']}`"
        yield Refused(line.start + line.indent, line.start + len(line.text), message, help_)
