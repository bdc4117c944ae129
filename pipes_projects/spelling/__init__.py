"""The nearest known word, for help; and the word that was certainly meant, for fixes.

Neither takes more than one pass over the known words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from heapq import nlargest
from itertools import islice
from typing import Final

from pipes_projects.spelling.slips import edits, obvious

__all__ = [
    "edits",
    "first_few",
    "nearest",
    "nearest_two",
    "obvious",
    "similar",
    "word_meant",
    "word_near",
]

_NEAR: Final = 0.6
_MOST: Final = 10
"""How many words with mostly the same letters are compared letter by letter."""
_FEW: Final = 8
_LONGEST: Final = 80
"""How many letters of a word are compared, from where two words start to differ."""


def first_few(known: Collection[str]) -> str:
    """Known words for a help line, and how many more there are."""
    shown = ", ".join(f"`{word}`" for word in islice(known, _FEW))
    return f"{shown} and {len(known) - _FEW} more" if len(known) > _FEW else shown


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(nearest_two(word, known)), None)


def nearest_two(word: str, known: Iterable[str]) -> list[str]:
    """The known words that `word` may have been meant to be, the nearest first."""
    letters = Counter(word)
    shared = ((_shared(letters, len(word), other), other) for other in known)
    likely = nlargest(_MOST, (pair for pair in shared if pair[0] >= _NEAR))
    ratios = ((_ratio(word, other), other) for _, other in likely)
    return [other for _, other in nlargest(2, (pair for pair in ratios if pair[0] >= _NEAR))]


def similar(word: str, known: Iterable[str], noun: str) -> str | None:
    """A help line that names the nearest known word, where there is one."""
    close = nearest(word, known)
    return f"{noun} with a similar name exists: `{close}`" if close else None


Words = frozenset[str] | tuple[str, ...]
"""Words of the format: they are few, and the same ones are asked for again and again."""


@lru_cache(maxsize=4096)
def word_meant(word: str, known: Words) -> str | None:
    """The one word of ours that `word` is certainly a typo for."""
    return obvious(word, known, plurals=True)


@lru_cache(maxsize=4096)
def word_near(word: str, known: Words) -> str | None:
    """The word of ours that `word` was probably meant to be."""
    return nearest(word, known)


def _shared(letters: Counter[str], length: int, other: str) -> float:
    """How many of the letters two words share, in any order."""
    total = length + len(other)
    if 2 * min(length, len(other)) < _NEAR * total:
        return 0
    same = sum(map(min, letters.values(), map(other.count, letters)))
    return 2 * same / total


def _ratio(word: str, other: str) -> float:
    """How similar two words are, with their letters in order."""
    from difflib import SequenceMatcher

    total = len(word) + len(other)
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), -1)
    if same < 0:
        return 2 * min(len(word), len(other)) / (total or 1)
    if total <= 2 * _LONGEST:
        same = 0
    there, here = (name[same : same + _LONGEST] for name in (other, word))
    for block in SequenceMatcher(None, there, here).get_matching_blocks():
        same += block.size
    return 2 * same / total
