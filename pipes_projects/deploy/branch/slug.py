"""A branch → a name for folders, schemas and labels, which no other branch has.

A name that is such a slug already stays as it is; any other gets a hash of itself at its end, which
keeps apart what differs in letters that a slug has not.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from pipes_projects.manifest.values.deployment import LOCAL

LONGEST: Final = 49
"""Of all slugs: `_WORDS`, a hyphen, and `_DIGITS`."""
_WORDS: Final = 40
_DIGITS: Final = 8

_PLAIN: Final = re.compile(r"[a-z](?:-?[a-z0-9]+)*")
_LIKE_OURS: Final = re.compile(rf".*-[0-9a-f]{{{_DIGITS}}}")
_OTHER: Final = re.compile(r"[^a-z0-9]+")
_RESERVED: Final = frozenset(
    {LOCAL["slug"], "con", "prn", "aux", "nul", "conin", "conout", "clock"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""What Windows takes for a device, whatever its ending; and what is no branch's."""


def slug_of(branch: str) -> str:
    """Lower-case letters, digits and single hyphens; a letter first.

    `-` may be replaced by `_` in all slugs: they stay apart.
    """
    if _is_slug(branch):
        return branch
    digest = sha256(branch.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{_words(branch)}-{digest}"


def _is_slug(branch: str) -> bool:
    """Whether a branch is called like a slug, and not like one that we made of another name."""
    is_plain = len(branch) <= _WORDS and _PLAIN.fullmatch(branch) is not None
    return is_plain and branch not in _RESERVED and not _LIKE_OURS.fullmatch(branch)


def _words(branch: str) -> str:
    """What can be read of a name, cut where it is long."""
    words = _OTHER.sub("-", branch.lower()).strip("-")
    if not words[:1].isalpha():
        words = f"b-{words}".strip("-")
    return words[:_WORDS].rstrip("-")
