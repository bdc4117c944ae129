"""Slips of the pen: a letter too many, too few, or wrong, or two neighbours that changed places.

What is fixed on our own rests on this alone. A name that is no slip may be that of something else,
which has been removed, or is still to come: `orders_eu` where there is `orders_us`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from pipes_projects.spelling.words import MEANT

_LONG: Final = 8
"""From so many letters on there may be two slips."""
_BETWEEN: Final = frozenset({"and", "by", "for", "from", "in", "of", "per", "to", "with"})
"""Words that join others: what stands in the place of one is one, or a slip."""
_WORDS: Final = re.compile(r"[^_.\-]+?(?=[_.\-]|(?<=[a-z])(?=[A-Z])|$)")
"""Words are parted by a sign, or by a capital letter: `orders_us`, `ordersUS`."""
_DIGITS: Final = re.compile(r"\d+")


def obvious(word: str, known: Iterable[str], plurals: bool = False) -> str | None:
    """The one known word that `word` is certainly a typo for.

    With `plurals`, `owner` is one for `owners`: right for words that we gave, not for names of
    things, of which there may be one as well as several.
    """
    known = known if isinstance(known, Collection) else tuple(known)
    near = [it for it in (_difference(word, other) for other in known) if it]
    fewest = min((it.edits for it in near), default=0)
    nearest = [it for it in near if it.edits == fewest]
    is_one = len(nearest) == 1 and nearest[0].is_slip(known, plurals)
    return nearest[0].right if is_one else None


class _Difference(NamedTuple):
    """Two names that differ in one part, by few letters."""

    right: str
    before: str
    """The parts before the one that differs, each with its slash."""
    parts: tuple[str, str]
    """What is written, and what is known."""
    is_last: bool
    edits: int

    def is_slip(self, known: Collection[str], plurals: bool) -> bool:
        """Whether nothing else can be meant by what is written."""
        written, right = self.parts
        if not self.is_last and self._has_group(known):
            return False
        pair = _apart(_WORDS.findall(written), _WORDS.findall(right))
        if "".join(pair[0]) == "".join(pair[1]):
            return True
        if len(pair[0]) != len(pair[1]):
            return self.edits == 1 and _is_slip_of_separator(*pair)
        used = _Used(known)
        joins = _BETWEEN.intersection(_WORDS.findall(right)[1:-1])  # at the end, `in` is India
        return all(
            self._is_plural(wrong, meant)
            or (
                _is_slip_of_word(wrong, meant, plurals, len(pair[0]) == 1, used)
                and (meant in joins or _is_long_enough(wrong, meant, plurals or used.often(meant)))
            )
            for wrong, meant in zip(*pair, strict=True)
        )

    def _is_plural(self, wrong: str, right: str) -> bool:
        """Whether a group is in the singular for the plural, or the reverse: none has both."""
        return not self.is_last and (_is_plural(wrong, right) or _is_plural(right, wrong))

    def _has_group(self, known: Collection[str]) -> bool:
        """Whether there is a group as written: it may have lost what is named."""
        written = f"{self.before}{self.parts[0]}/"
        return any(it.startswith(written) for it in known)


class _Used:
    """The words of all known names, counted when first asked for."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.counts: dict[str, int] | None = None

    def __getitem__(self, word: str) -> int:
        if self.counts is None:
            self.counts = {}
            for name in self.known:
                for it in set(_WORDS.findall(name.replace("/", "_"))):
                    self.counts[it] = self.counts.get(it, 0) + 1
        return self.counts.get(word, 0)

    def often(self, word: str) -> bool:
        """Whether several names have it, and it is no mere abbreviation: any letters are one."""
        return self[word] > 1 and word.lower() in MEANT


def _difference(word: str, other: str) -> _Difference | None:
    if abs(len(word) - len(other)) > 2 or word.count("/") != other.count("/"):
        return None
    written, known = word.split("/"), other.split("/")
    differing = [n for n, pair in enumerate(zip(written, known, strict=True)) if pair[0] != pair[1]]
    if len(differing) != 1:
        return None
    at = differing[0]
    wrong, right = written[at], known[at]
    most = 2 if min(len(wrong), len(right)) >= _LONG else 1
    number = edits(wrong, right, most)
    if number > most or _DIGITS.findall(wrong) != _DIGITS.findall(right):
        return None
    before = "".join(f"{part}/" for part in written[:at])
    return _Difference(other, before, (wrong, right), at == len(written) - 1, number)


def edits(word: str, other: str, most: int) -> int:
    """How many letters were added, left out or changed, or changed places; one more than `most`
    where it takes more than that."""
    if most == 0 or word == other:
        return int(word != other)
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if same is None:
        return min(abs(len(word) - len(other)), most + 1)
    word, other = word[same:], other[same:]
    rests = [(word[1:], other[1:]), (word[1:], other), (word, other[1:])]
    if word[:2] == other[1::-1]:
        rests.append((word[2:], other[2:]))
    return 1 + min(edits(*rest, most - 1) for rest in rests)


def _apart(written: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """The words of two names without those that they begin and end with alike."""
    while written and right and written[0] == right[0]:
        written, right = written[1:], right[1:]
    while written and right and written[-1] == right[-1]:
        written, right = written[:-1], right[:-1]
    return written, right


def _is_slip_of_separator(written: list[str], right: list[str]) -> bool:
    """Whether a letter took the place of what separates two words, or the reverse; to leave one of
    them out is no slip."""
    return bool(written and right) and len("".join(right)) >= 5


def _is_slip_of_word(wrong: str, right: str, plurals: bool, alone: bool, used: _Used) -> bool:
    if _is_plural(wrong, right) or _is_plural(right, wrong):
        return plurals
    if any(form in MEANT or used[form] for form in _forms(wrong, plurals) if form != right):
        return False
    ends = (wrong[0], wrong[-1]) == (right[0], right[-1])  # else: `internal`, `external`
    return edits(wrong, right, 1) == 1 or (
        ends and (plurals or (alone and min(len(wrong), len(right)) >= _LONG))
    )


def _is_long_enough(wrong: str, right: str, is_common: bool) -> bool:
    """Whether two words are no pair by chance, as `jan` and `jun`, or `oms` and `wms`, are."""
    if len(right) == 2:
        return is_common and len(wrong) == 3
    if len(right) == 3:
        return is_common or len(wrong) == 4 or sorted(wrong) == sorted(right)
    return len(right) > 3 and len(wrong) > 2


def _is_plural(many: str, one: str) -> bool:
    return many == f"{one}s" and not many.endswith("ss")


def _forms(word: str, alone: bool) -> Iterator[str]:
    """A word; and its plural and singular, if it does not stand for itself alone."""
    low = word.lower()
    yield low
    if alone:
        return
    yield f"{low}s"
    if low.endswith("s") and not low.endswith("ss"):
        yield low[:-1]
