"""What a function returns when it fails → what people are shown: the author's own error."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pipes_projects.kinds.drivers.errand import Received

_THERE: Final = "/var/task/"
"""Where functions have their files."""
_FRAME: Final = re.compile(rf'(File "){_THERE}([^"]+)(")')


def sentence(payload: bytes, function: str) -> str | None:
    """What to do about a failure that the author's code has no part in."""
    told = _told(payload)
    message, kind = str(told.get("errorMessage", "")), str(told.get("errorType", ""))
    if kind == "Sandbox.Timedout" or "Task timed out after" in message:
        limit = message.partition("timed out after ")[2].rstrip(".") or "its own time limit"
        help_ = "raise its timeout in AWS; what it had not sent by then is lost"
        return f"AWS ended the function `{function}` after {limit}: {help_}"
    if kind in ("Runtime.OutOfMemory", "Runtime.ExitError") or "exited " in message:
        help_ = "it may need more memory; its log in CloudWatch says more"
        return f"the function `{function}` ended without an answer ({message or kind}): {help_}"
    return None


def traceback(payload: bytes, errand: Received) -> str:
    """The author's error as Python shows one, with files as they are called here."""
    told = _told(payload)
    frames = [_as_here(str(frame), errand) for frame in told.get("stackTrace") or ()]
    named = f"{told.get('errorType', 'Error')}: {told.get('errorMessage', '')}"
    head = ["Traceback (most recent call last):"] if frames else []
    return "\n".join([*head, *_lines(frames), named, ""])


def _lines(frames: Iterable[str]) -> Iterable[str]:
    for frame in frames:
        text = frame.rstrip("\n")
        yield text if text.startswith(" ") else f"  {text}"


def _as_here(frame: str, errand: Received) -> str:
    """The function's files are the project's that are called alike, if that is certain."""

    def named(found: re.Match[str]) -> str:
        path = found[2]
        same = [file for file in errand.files if f"/{file}".endswith(f"/{path}")]
        here = os.path.join(errand.root, same[0]) if len(same) == 1 else f"{_THERE}{path}"
        return f"{found[1]}{here}{found[3]}"

    return _FRAME.sub(named, frame)


def _told(payload: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(payload)
    except ValueError:
        data = payload.decode("utf-8", "replace")
    return data if isinstance(data, dict) else {"errorMessage": str(data)}
