"""The nearest known word, and when a slip of the pen is certain."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(nearest_two(word, known)), None)


def nearest_two(word: str, known: Iterable[str]) -> list[str]:
    """The known words that `word` may have been meant to be, the nearest first."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), n=2, cutoff=0.6)


def obvious(word: str, known: Iterable[str]) -> str | None:
    """The only known word that `word` can be a slip of the pen for; numbers are no such slips."""
    from difflib import SequenceMatcher, get_close_matches

    close = get_close_matches(word, list(known), n=2, cutoff=0.75)
    ratios = [SequenceMatcher(None, it, word).ratio() for it in close]
    if not close or (len(close) > 1 and ratios[0] - ratios[1] < 0.05):
        return None
    digits = [[letter for letter in it if letter.isdigit()] for it in (word, close[0])]
    return close[0] if digits[0] == digits[1] else None


def similar(word: str, known: Iterable[str], noun: str) -> str | None:
    """A help line that names the nearest known word, where there is one."""
    close = nearest(word, known)
    return f"{noun} with a similar name exists: `{close}`" if close else None
