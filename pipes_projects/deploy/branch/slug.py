"""A branch → a name for folders, schemas and labels that no other branch has.

A name that is such a slug already stays as it is; any other gets a hash of itself at its end, so
that names which differ only in letters that slugs cannot have stay distinct.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from pipes_projects.manifest.values.deployment import LOCAL

LONGEST: Final = 49
"""The longest that a slug can be: `_WORDS`, a hyphen, and `_DIGITS`."""
_WORDS: Final = 40
_DIGITS: Final = 8

_PLAIN: Final = re.compile(r"[a-z](?:-?[a-z0-9]+)*")
_LIKE_OURS: Final = re.compile(rf".*-[0-9a-f]{{{_DIGITS}}}")
_OTHER: Final = re.compile(r"[^a-z0-9]+")
_RESERVED: Final = frozenset(
    {LOCAL["slug"], "con", "prn", "aux", "nul", "conin", "conout", "clock"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""What Windows takes for a device, whatever its extension; and what cannot be a branch's slug."""


def slug_of(branch: str) -> str:
    """Lower-case letters, digits and single hyphens, beginning with a letter.

    `-` may be replaced by `_` in all slugs: they stay distinct.
    """
    if _is_slug(branch):
        return branch
    digest = sha256(branch.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{_words(branch)}-{digest}"


def _is_slug(branch: str) -> bool:
    """Whether a branch's name is a slug, and does not look like one made from another name."""
    is_plain = len(branch) <= _WORDS and _PLAIN.fullmatch(branch) is not None
    return is_plain and branch not in _RESERVED and not _LIKE_OURS.fullmatch(branch)


def _words(branch: str) -> str:
    """The readable part of a name, cut short if it is long."""
    words = _OTHER.sub("-", branch.lower()).strip("-")
    if not words[:1].isalpha():
        words = f"b-{words}".strip("-")
    return words[:_WORDS].rstrip("-")
