"""Where a script was shipped to, as the client of its kind is told: text without secrets."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from pipes_projects.deploy.errors import DeployError

LONGEST: Final = 4000
_SECRET: Final = re.compile(
    r"(.*[_.-])?(sig|signature|secrets?|passw(or)?d|token|credentials?|accesskey(id)?"
    r"|(api|private|access|account)[_-]?key|key)([_.-].*)?",
    re.IGNORECASE,
)
_HINT: Final = "publish the path or the URL alone: its ledger is for everybody to read"


def checked_location(script: str, location: object) -> str:
    """The location, if it may be in a ledger; raises `DeployError`."""
    if not isinstance(location, str) or not location.strip():
        what = type(location).__name__ if not isinstance(location, str) else "empty"
        raise DeployError(f"the location of `{script}` must be text, and is {what}", _HINT)
    if not location.isprintable() or len(location) > LONGEST:
        message = f"the location of `{script}` must be one line of at most {LONGEST} characters"
        raise DeployError(message, _HINT)
    if _has_secret(location):
        raise DeployError(f"the location of `{script}` has what looks like a secret", _HINT)
    return location


def is_location(location: object) -> bool:
    """Whether it may be in a ledger, and in a message."""
    with suppress(DeployError):
        return bool(checked_location("", location))
    return False


def _has_secret(location: str) -> bool:
    if "://" not in location:
        return False
    try:
        url = urlsplit(location)
        named = parse_qsl(url.query, keep_blank_values=True)
    except ValueError:
        return False
    return ":" in url.netloc.rpartition("@")[0] or any(map(_SECRET.fullmatch, _names(named)))


def _names(pairs: list[tuple[str, str]]) -> list[str]:
    return [name for name, _ in pairs]
