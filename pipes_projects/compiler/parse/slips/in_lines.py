"""Slips in the lines of a text: merge conflicts, wrong indentation, missing spaces.

Each function looks at lines, and yields only what is certainly wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from math import inf
from typing import NamedTuple

from pipes_projects.compiler.parse.quirks.syntax_errors import ALIKE
from pipes_projects.compiler.parse.slips.joined import (
    BLANK,
    KEY_AND_VALUE,
    LISTS,
    OTHER_COLON,
    SPACES,
    colon,
    joined,
    joined_pair,
    missing_space,
)
from pipes_projects.compiler.parse.tree import Refused
from pipes_projects.manifest.forms import FORMS
from pipes_projects.manifest.model.problems import words_of

_MARKER = re.compile(r"^(?:(?:<{7}|>{7}|\|{7})(?: .*)?|={7})$", re.MULTILINE)
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)
_NO_SPACE = re.compile(rf"(?P<before>[ ]*(?:- +)?){KEY_AND_VALUE}")
_OTHER_INDENT = re.compile(rf" *(?P<blanks>{BLANK}[ ]*)+(?:- |[A-Za-z_][\w-]*:)")
_NO_SPACE_ITEM = re.compile(r"(?P<before> *)-(?P<value>[^\s-].*)")
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
            message = "a merge conflict is not resolved"
            return Refused(line.start, end, message, how_to_resolve(text))
    return None


def how_to_resolve(text: str) -> str:
    """What to do about a merge conflict in a text; Git may be set to show what both sides began
    with."""
    begun = ", `|||||||`" if "\n|||||||" in text else ""
    marks = f"`<<<<<<<`{begun}, `=======` and `>>>>>>>`"
    return f"keep what is right, and remove the lines that begin with {marks}"


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
    for rule in (_in_mapping, _no_dash, _first_line, _too_far):
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
            yield Refused(place, place + 1, "a tab cannot be used here", SPACES)
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
    match = OTHER_COLON.fullmatch(line.text)
    if not match or not _is_field(match):
        return None
    start, end = (line.start + offset for offset in match.span("colon"))
    return Refused(start, end, *colon(match))


def _other_indent(line: _Line) -> Refused | None:
    """Blanks of word processors, in front of a key or an item."""
    match = _OTHER_INDENT.match(line.text)
    if not match:
        return None
    message = "the blanks at the start of this line are not all spaces"
    return Refused(line.start, line.start + line.indent, message, SPACES)


def _in_mapping(lines: Sequence[_Line], number: int) -> Iterator[Refused]:
    """Entries without a space, whatever their keys, beside others that have one."""
    above, entries = _around(lines, number)
    if not any(joined(line.text.strip()) for line in lines[max(0, number - 1) : number + 1]):
        return
    if above and above != "description" and any(_KEY.fullmatch(line.text) for line in entries):
        for line in entries:
            if wrong := joined_pair(line.text.strip(), may_be_secret=above == "env"):
                start, end = line.start + line.indent, line.start + len(line.text.rstrip())
                yield Refused(start, end, *wrong)


def _around(lines: Sequence[_Line], number: int) -> tuple[str, list[_Line]]:
    """The key that has nothing but the lines below it, if it is one, and those in line with this
    one."""
    indent = lines[number].indent
    start = next((at for at in range(number, 0, -1) if lines[at - 1].indent < indent), 0)
    end = next((at for at in range(number, len(lines)) if lines[at].indent < indent), len(lines))
    match = _KEY.fullmatch(lines[start - 1].text) if start else None
    key = match["key"] if match and not match["value"] else ""
    return key, [line for line in lines[start:end] if line.indent == indent]


def _no_space_items(lines: Sequence[_Line], near: Sequence[_Line]) -> Iterator[Refused]:
    is_list = any(line.text.lstrip().startswith("- ") or _opens_list(line) for line in near)
    if is_list and any(_NO_SPACE_ITEM.fullmatch(line.text) for line in near):
        for line in lines:
            if match := _NO_SPACE_ITEM.fullmatch(line.text):
                start = line.start + line.indent
                yield missing_space(start, line.start + len(line.text), "-", match["value"])


def _opens_list(line: _Line) -> bool:
    match = _KEY.fullmatch(line.text)
    return match is not None and match["key"] in LISTS and not match["value"]


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
