r"""How much work a regular expression is: to prepare it, and to match a text.

An engine that never goes back needs a time that grows with the states of the pattern, times the
letters of the text; `([ab]{0,900}a){90}` has 160,000 states in twenty letters.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_PARTS: Final = re.compile(
    r"(?P<atom>\\.|\[\^?\]?(?:\\.|[^\]\\])*\]?)|(?P<opens>\()|(?P<closes>\))"
    r"|\{(?P<least>\d+)(?:,(?P<most>\d*))?\}|.",
    re.DOTALL,
)
_WEIGHTS: Final = {"w": 300, "W": 300, "d": 15, "D": 15, "s": 5, "S": 5}
"""Sets of letters of all scripts are large."""
_PREPARING: Final = 130
"""What a state costs by itself, in letters matched."""
MOST: Final = 50_000_000
"""As much work as anybody should wait for: about half a second."""


def effort(pattern: str, text: str) -> int:
    """The work of matching a text, in steps of about ten nanoseconds."""
    return states(pattern) * (_PREPARING + len(text))


@lru_cache(maxsize=1024)
def states(pattern: str) -> int:
    """About how many states an engine has for a pattern."""
    groups, last = [0], 0
    for part in _PARTS.finditer(pattern):
        if part["opens"]:
            groups.append(0)
            last = 0
        elif part["closes"]:
            last = groups.pop() if len(groups) > 1 else 1
            groups[-1] += last
        elif part["least"]:
            times = max(int(part["most"] or part["least"]), 1)
            groups[-1] += last * (times - 1)
            last *= times
        else:
            last = _weight(part["atom"] or "")
            groups[-1] += last
    return sum(groups)


def _weight(atom: str) -> int:
    """That of a letter, an escape or a set."""
    return 1 + sum(_WEIGHTS.get(letter, 0) for letter in re.findall(r"\\(.)", atom, re.DOTALL))
