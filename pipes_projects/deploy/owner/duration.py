"""A time as owners write it, such as `14d` → seconds."""

from __future__ import annotations

import re
from typing import Final

from pipes_projects.deploy.errors import DeployError

_WRITTEN: Final = re.compile(r"([1-9][0-9]{0,5})([mhdw])")
_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def seconds_of(written: object) -> int:
    """Minutes, hours, days or weeks, in seconds; raises `DeployError`."""
    found = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise DeployError(f"{written!r} is not a time", "`30m`, `12h`, `14d` and `2w` are")
    return int(found[1]) * _SECONDS[found[2]]
