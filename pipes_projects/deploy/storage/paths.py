"""The paths of a storage: relative, with slashes, and never leading out of it."""

from __future__ import annotations

import sys
from typing import Final

from pipes_projects.deploy.errors import DeployError

UNFINISHED: Final = ".unfinished"
"""The folder of files that are not complete yet; what a killed process leaves there only grows
old."""


def checked(path: str) -> str:
    """The path, if it is valid; raises `DeployError`."""
    is_odd = any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path
    if is_odd or (sys.platform == "win32" and ("\\" in path or ":" in path)):
        raise DeployError(
            f"`{path}` is not a path that files can be shipped to",
            "a path is relative, with slashes between its parts, and has no `.` or `..` in it",
        )
    return path
