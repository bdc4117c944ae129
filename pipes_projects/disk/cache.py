"""What is quicker to read than to find out again, kept from run to run in the user's cache.

It is outside the project; without it, or if it cannot be written, everything is found out again.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

from pipes_projects.version import VERSION

FEW = 200
"""Of up to this many files nothing is kept: reading that would save no time."""


class CacheFile:
    """What the files of one project are known to say: JSON, which only the same versions of us and
    of Python read."""

    def __init__(self, about: str, root: Path, made_by: str = VERSION) -> None:
        whose = f"{os.path.abspath(root)}, {made_by}, {sys.version}"
        self.whose = whose.encode("utf-8", "replace").decode()
        self.path = cache_folder() / f"{about}-{crc32(self.whose.encode()):08x}.json"

    def read(self) -> dict[str, object]:
        """What the last run kept; nothing if there is none, or if it is not ours."""
        try:
            kept = json.loads(self.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        is_ours = isinstance(kept, dict) and kept.get("whose") == self.whose
        known = kept.get("known") if is_ours else None
        return known if isinstance(known, dict) else {}

    def keep(self, known: object) -> None:
        """Keep this for the next run, readable only by the user; failing to is no problem."""
        if not _is_users():
            return
        beside = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"whose": self.whose, "known": known})
            with open(beside, "x", encoding="utf-8", opener=_for_its_owner) as file:
                file.write(text)
            os.replace(beside, self.path)
        except (OSError, ValueError):
            return


def cache_folder() -> Path:
    """Where the user has what is quicker to read than to find out again.

    A user without a home, as containers may run as, has a folder that is gone when this process is.
    """
    return Path(_users_folder() if _is_users() else _passing().name) / "pipes-projects"


def _users_folder() -> str:
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return own or os.path.expanduser("~/.cache")


def _is_users() -> bool:
    """Whether the user has a cache: `~` stays as it is for somebody without a home."""
    return os.path.isabs(_users_folder())


@cache
def _passing() -> TemporaryDirectory[str]:
    from tempfile import TemporaryDirectory  # hardly anybody is without a home

    return TemporaryDirectory(prefix="pipes-projects-", ignore_cleanup_errors=True)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
