"""A text in which the parsers see what YAML 1.2, and so editors, see.

They end a line, and so a comment, at U+0085, U+2028 and U+2029, which are ordinary characters; they
refuse most tabs between words; and one of them requires quotes around the colon of `[team:sales]`.
So characters that the file does not use stand in for these characters, and spaces for these tabs.
Nothing moves: every position is that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_NO_BREAKS: Final = re.compile("[\x85\u2028\u2029]")
_COLON: Final = re.compile(r":(?<=\w:)(?=[\w./@~-])")
_LAST: Final = 0x10FFFD  # the last private-use character

# Tabs in indentation, or after what begins a nested block, are an error in YAML too.
_TAB: Final = re.compile(r"((?:^|(?<=\r))[ \t]*(?:[-?:][ \t]+)*(?=\S))|\t", re.MULTILINE)
_AT_END: Final = re.compile(r"(?<![ \t\\])[ \t]+(?=[\r\n])")
_NO_WORD: Final = re.compile(r"[\r\n]|\\\t")


class StandIns(NamedTuple):
    """A text to parse, and the characters that its stand-ins stand for."""

    text: str
    meant: dict[int, str]
    """For `str.translate`."""

    def restored(self, scalar: str) -> str:
        """The text of a scalar, as its author wrote it."""
        return scalar.translate(self.meant) if self.meant and not scalar.isascii() else scalar

    def restored_in(self, sentence: str) -> str:
        """A parser's message about the text, also where it has a stand-in escaped as Python
        does."""
        for code, letter in self.meant.items():
            sentence = sentence.replace(repr(chr(code))[1:-1], letter).replace(chr(code), letter)
        return sentence


def without_false_breaks(text: str) -> StandIns:
    """The text, with stand-ins for what ends a line in YAML 1.1 only."""
    if text.isascii() or not _NO_BREAKS.search(text):
        return StandIns(text, {})
    unused = _unused(text)
    table = {ord(sign): next(unused) for sign in "\x85\u2028\u2029"}
    return StandIns(
        text.translate(table), {ord(stand_in): chr(key) for key, stand_in in table.items()}
    )


def without_colons(shown: StandIns) -> StandIns:
    """The text, with a stand-in for each colon inside a word."""
    letter = next(_unused(shown.text))
    text = _COLON.sub(letter, shown.text)
    return StandIns(text, {**shown.meant, ord(letter): ":"} if text != shown.text else shown.meant)


def without_tabs(text: str) -> str:
    """The text, with spaces for the tabs that are allowed between words."""
    return _TAB.sub(lambda found: " " if found[1] is None else found[1], text)


def with_tabs_in(shown: StandIns, blank: str, scalars: Iterable[tuple[int, int]]) -> StandIns:
    """The text without tabs between words, but with those that are inside some scalars.

    In quoted scalars, a stand-in replaces them, so that a fast parser can read most texts.
    """
    letters, hidden = list(blank), next(_unused(shown.text))
    for start, end in scalars:
        scalar = shown.text[start:end]
        if scalar[0] not in "|>":  # in block scalars, the end of a line is text, too
            scalar = ends_without_tabs(scalar)
        is_word = scalar[0] in "'\"" and not _NO_WORD.search(scalar)
        letters[start:end] = scalar.replace("\t", hidden) if is_word else scalar
    return StandIns("".join(letters), {**shown.meant, ord(hidden): "\t"})


def ends_without_tabs(scalar: str) -> str:
    """A scalar of several lines, with tabs at the ends of lines replaced by spaces."""
    return _AT_END.sub(lambda found: " " * len(found[0]), scalar)


def _unused(text: str) -> Iterator[str]:
    used = frozenset[str]() if text.isascii() else frozenset(text)
    return (letter for letter in map(chr, range(_LAST, 0, -1)) if letter not in used)
