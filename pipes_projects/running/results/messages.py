"""What a script says through Pipes: a file of lines → messages, each complete and only once.

The protocol is that of `dagster_pipes`: one JSON object per line, with `method` and `params`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipes_projects.kinds.drivers.message_file import MessageFile

VERSION_KEY = "__dagster_pipes_version"
METHODS = frozenset(
    {
        *("opened", "closed", "log", "log_external_stream", "report_custom_message"),
        *("report_asset_materialization", "report_asset_check"),
    }
)
_BARE = frozenset({"opened", "closed"})
"""Methods that may come without parameters."""
OF_RUN = "metadata_of_run"
"""What the method of a message is called that a driver says, and no script: metadata of all that is
made in the run."""
_SHOWN = 200
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""A half of a surrogate pair, escaped or not, as in names of files that are not UTF-8."""


class Message(NamedTuple):
    """One message from a script."""

    method: str
    params: Any


class Malformed(NamedTuple):
    """A line that is not a message."""

    line: int
    """Counted from 1."""
    text: str
    """How it begins."""
    why: str

    def __str__(self) -> str:
        return f"line {self.line} of its Pipes messages {self.why}: {self.text}"


class Lost(NamedTuple):
    """Messages that may have been written, and cannot be read any more."""

    how: str
    """What the script did with their file."""

    def __str__(self) -> str:
        return (
            f"the script {self.how} the file that takes its Pipes messages, so what it reported may"
            " be lost: only add to that file, as `dagster_pipes` does"
        )


class MessageReader:
    """Reads a growing file, but never half a line."""

    def __init__(self, path: Path) -> None:
        self.file = MessageFile(path)
        self.line = 0
        self.rest = bytearray()

    def read(self) -> Iterator[Message | Malformed]:
        """What was added since the last call."""
        for chunk in self.file.read():
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                line = chunk[start:end]
                if self.rest:
                    line, self.rest = bytes(self.rest + line), bytearray()
                if (message := self._message(line)) is not None:
                    yield message
                start = end + 1
            self.rest += chunk[start:]

    def finish(self) -> Iterator[Message | Malformed | Lost]:
        """What was added since the last call, including an unfinished last line; and whether there
        may have been more."""
        yield from self.read()
        line, self.rest = bytes(self.rest), bytearray()
        if (message := self._message(line, "was not written completely")) is not None:
            yield message
        if (how := self.file.loss()) is not None:
            yield Lost(how)

    def close(self) -> None:
        """Stop reading."""
        self.file.close()

    def _message(self, line: bytes, unfinished: str | None = None) -> Message | Malformed | None:
        self.line += 1
        if not line.strip():
            return None
        message = parsed(line)
        if isinstance(message, str):
            shown = line[:_SHOWN].decode("utf-8", "replace")
            return Malformed(self.line, shown, unfinished or message)
        return message


def parsed(text: bytes) -> Message | str:
    """The message in a line, or what is wrong with the line."""
    try:
        data = json.loads(text.decode("utf-8", "surrogatepass") if text[:1] == b"{" else text)
        data = _without_halves(data) if _HALF.search(text) else data
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(data, dict) or not isinstance(method := data.get("method"), str):
        return "is not a message"
    if method not in METHODS:
        return "has an unknown method"
    params = data.get("params")
    if method not in _BARE and not isinstance(params, dict):
        return "has no parameters"
    return Message(method, params)


def _without_halves(data: Any) -> Any:
    """The same data, in which every text can be encoded: Dagster could not show it otherwise."""
    text = json.dumps(data, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
    return json.loads(text.decode("utf-16-le", "replace"))
