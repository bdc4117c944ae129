"""A text in which the parsers see what YAML 1.2, and so editors, see.

They end a line, and so a comment, at U+0085, U+2028 and U+2029, which are letters like others; they
refuse most tabs between words; and one of them wants the colon of `[team:sales]` in quotes. So
letters that the file does not have stand in for such letters, and blanks for such tabs. Nothing
moves: every place is that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_NO_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
_COLON: Final = re.compile(r":(?<=\w:)(?=[\w./@~-])")
_LAST: Final = 0x10FFFD  # the last private letter

# Tabs of an indent, or behind what begins a nested block, are an error in YAML too.
_TAB: Final = re.compile(r"((?:^|(?<=\r))[ \t]*(?:[-?:][ \t]+)*(?=\S))|\t", re.MULTILINE)
_AT_END: Final = re.compile(r"(?<![ \t\\])[ \t]+(?=[\r\n])")
_NO_WORD: Final = re.compile(r"[\r\n]|\\\t")


class StandIns(NamedTuple):
    """A text to parse, and the letters that others stand in for."""

    text: str
    meant: dict[int, str]
    """For `str.translate`."""

    def restored(self, scalar: str) -> str:
        """The text of a scalar, as its author wrote it."""
        return scalar.translate(self.meant) if self.meant and not scalar.isascii() else scalar

    def restored_in(self, sentence: str) -> str:
        """What a parser says of the text, also where it spells a letter as Python does."""
        for code, letter in self.meant.items():
            sentence = sentence.replace(repr(chr(code))[1:-1], letter).replace(chr(code), letter)
        return sentence


def without_false_breaks(text: str) -> StandIns:
    """The text, with stand-ins for what only YAML 1.1 takes for the end of a line."""
    if text.isascii() or not _NO_BREAKS.search(text):
        return StandIns(text, {})
    unused = _unused(text)
    table = {ord(it): next(unused) for it in "\x85\u2028\u2029"}
    return StandIns(text.translate(table), {ord(it): chr(key) for key, it in table.items()})


def without_colons(it: StandIns) -> StandIns:
    """The text, with a stand-in for each colon inside a word."""
    letter = next(_unused(it.text))
    text = _COLON.sub(letter, it.text)
    return StandIns(text, {**it.meant, ord(letter): ":"} if text != it.text else it.meant)


def without_tabs(text: str) -> str:
    """The text, with blanks for the tabs that may stand between words."""
    return _TAB.sub(lambda found: " " if found[1] is None else found[1], text)


def with_tabs_in(it: StandIns, blank: str, scalars: Iterable[tuple[int, int]]) -> StandIns:
    """The text without tabs between words, but with those that are inside some scalars.

    A letter stands in for those in quotes, which lets a fast parser read most texts.
    """
    letters, hidden = list(blank), next(_unused(it.text))
    for start, end in scalars:
        scalar = it.text[start:end]
        if scalar[0] not in "|>":  # in which what ends a line is text, too
            scalar = ends_without_tabs(scalar)
        is_word = scalar[0] in "'\"" and not _NO_WORD.search(scalar)
        letters[start:end] = scalar.replace("\t", hidden) if is_word else scalar
    return StandIns("".join(letters), {**it.meant, ord(hidden): "\t"})


def ends_without_tabs(scalar: str) -> str:
    """A scalar of several lines, with nothing but blanks at their ends."""
    return _AT_END.sub(lambda found: " " * len(found[0]), scalar)


def _unused(text: str) -> Iterator[str]:
    used = frozenset[str]() if text.isascii() else frozenset(text)
    return (it for it in map(chr, range(_LAST, 0, -1)) if it not in used)
