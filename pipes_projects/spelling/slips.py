"""Typos: one letter too many, missing or wrong, or two adjacent letters swapped.

Automatic fixes rest on this alone. A name that is not a typo may belong to something else, which
has been removed or is yet to come: `orders_eu` where there is `orders_us`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from pipes_projects.spelling.words import meant

_LONG: Final = 8
"""From this many letters on, there may be two typos."""
_BETWEEN: Final = frozenset({"and", "by", "for", "from", "in", "of", "per", "to", "with"})
"""Words that join others: what is written in place of one is another one, or a typo."""
_WORDS: Final = re.compile(r"[^_.\-]+?(?=[_.\-]|(?<=[a-z])(?=[A-Z])|$)")
"""Words are separated by a sign, or start with a capital letter: `orders_us`, `ordersUS`."""
_ENDED: Final = re.compile("(?P<stem>[a-z]{3,}?)(?:(?P<y>ies|ied)|(?<=[hsxz])es|ed|ers?|ings?)")
"""Words made from others: `batches`, `stories`, `parking`."""
_FIRST: Final = (
    *("", "in", "out", "on", "off", "un", "non", "re", "pre", "post", "de", "dis", "mis", "sub"),
    *("inter", "intra", "macro", "micro", "hyper", "hypo", "bi", "tri", "semi", "multi", "co"),
)
"""What is put in front of words to make others of them."""
_DIGITS: Final = re.compile(r"\d+")


def obvious(word: str, known: Iterable[str], plurals: bool = False) -> str | None:
    """The one known word that `word` is certainly a typo of.

    With `plurals`, `owner` is a typo of `owners`: right for our own words, but not for names of
    things, as both may exist.
    """
    known = known if isinstance(known, Collection) else tuple(known)
    near = [
        difference for difference in (_difference(word, other) for other in known) if difference
    ]
    fewest = min((difference.edits for difference in near), default=0)
    nearest = [difference for difference in near if difference.edits == fewest]
    is_one = len(nearest) == 1 and nearest[0].is_slip(known, plurals)
    return nearest[0].right if is_one else None


class _Difference(NamedTuple):
    """Two names that differ in one part, by few letters."""

    right: str
    before: str
    """The parts before the one that differs, each with its slash."""
    parts: tuple[str, str]
    """The written part, and the known one."""
    is_last: bool
    edits: int

    def is_slip(self, known: Collection[str], plurals: bool) -> bool:
        """Whether what is written cannot be meant as anything else."""
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
        """Whether a group is in the singular instead of the plural, or the reverse."""
        return not self.is_last and (_is_plural(wrong, right) or _is_plural(right, wrong))

    def _has_group(self, known: Collection[str]) -> bool:
        """Whether the group exists as written: it may have lost what is named."""
        written = f"{self.before}{self.parts[0]}/"
        return any(name.startswith(written) for name in known)


class _Used:
    """The words of all known names, counted when first asked for."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.counts: dict[str, int] | None = None

    def __getitem__(self, word: str) -> int:
        if self.counts is None:
            self.counts = {}
            for name in self.known:
                for part in set(_WORDS.findall(name.replace("/", "_"))):
                    self.counts[part] = self.counts.get(part, 0) + 1
        return self.counts.get(word, 0)

    def often(self, word: str) -> bool:
        """Whether several names have it, and it is no mere abbreviation: any letters are one."""
        return self[word] > 1 and word.lower() in meant()


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
    """How many letters were added, left out, changed or swapped; `most` + 1 if there are more."""
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
    """The words of two names without those that they have in common at the start and the end."""
    while written and right and written[0] == right[0]:
        written, right = written[1:], right[1:]
    while written and right and written[-1] == right[-1]:
        written, right = written[:-1], right[:-1]
    return written, right


def _is_slip_of_separator(written: list[str], right: list[str]) -> bool:
    """Whether a letter replaced the separator of two words, or the reverse; leaving it out is not a
    typo."""
    return bool(written and right) and len("".join(right)) >= 5


def _is_slip_of_word(wrong: str, right: str, plurals: bool, alone: bool, used: _Used) -> bool:
    if _is_plural(wrong, right) or _is_plural(right, wrong):
        return plurals
    if any(form in meant() or used[form] for form in _forms(wrong, plurals) if form != right):
        return False
    if not plurals and (_are_variants(wrong, right) or _are_opposites(wrong, right)):
        return False
    ends = (wrong[0], wrong[-1]) == (right[0], right[-1])  # not so: `internal`, `external`
    return edits(wrong, right, 1) == 1 or (
        ends and (plurals or (alone and min(len(wrong), len(right)) >= _LONG))
    )


def _is_long_enough(wrong: str, right: str, is_common: bool) -> bool:
    """Whether two words are long enough not to be similar by chance, such as `jan` and `jun`, or
    `oms` and `wms`."""
    if len(right) == 2:
        return is_common and len(wrong) == 3
    if len(right) == 3:
        return is_common or len(wrong) == 4 or sorted(wrong) == sorted(right)
    return len(right) > 3 and len(wrong) > 2


def _is_plural(many: str, one: str) -> bool:
    return many == f"{one}s" and not many.endswith("ss")


def _forms(word: str, alone: bool) -> Iterator[str]:
    """A word with the words that it may be made from, unless it counts only by itself."""
    low = word.lower()
    yield low
    if alone:
        return
    yield f"{low}s"
    if low.endswith("s") and not low.endswith("ss"):
        yield low[:-1]
    if match := _ENDED.fullmatch(low):
        stem = match["stem"]
        once = stem[:-1] if stem[-1] == stem[-2] else stem
        made_from = (f"{stem}y",) if match["y"] else (stem, once, f"{stem}e")
        yield from (form for form in made_from if len(form) > 3 or form == once != stem)


def _are_variants(wrong: str, right: str) -> bool:
    """Whether two words are a word and one letter: `ordersa`, `ordersb`."""
    if len(wrong) != len(right) or any(form in meant() for form in _forms(right, alone=False)):
        return False
    stems = {wrong[:-1], wrong[1:]} & {right[:-1], right[1:]}
    return any(form in meant() for stem in stems for form in _forms(stem, alone=False))


def _are_opposites(wrong: str, right: str) -> bool:
    """Whether two words differ in what is put in front of them: `onboarding`, `offboarding`."""
    rests = {wrong[len(first) :] for first in _FIRST if wrong.startswith(first)}
    others = {right[len(first) :] for first in _FIRST if right.startswith(first)}
    return any(len(rest) > 2 for rest in rests & others)
