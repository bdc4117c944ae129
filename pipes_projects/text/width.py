"""How wide text is in a terminal."""

from __future__ import annotations

import unicodedata

from pipes_projects.text.plain import one_line, spelt


def width(text: str) -> int:
    """How many columns of a terminal a text takes, as its reader sees it."""
    text = spelt(one_line(text))
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
