"""Passes on what a notebook reports, with a link to the executed notebook beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from pipes_projects.kinds.drivers.message_file import MessageFile, say_lost

LINK: Final = "executed_notebook"
"""The metadata key of the link."""
_OFTEN: Final = 0.05
_REPORTS: Final = (b"report_asset_materialization", b"report_custom_message")


class Relay:
    """Copies messages from one file to another, as they come."""

    def __init__(self, source: Path, target: str, link: dict[str, str]) -> None:
        """`link` is the metadata value that reports get."""
        self.file, self.link, self.there = MessageFile(source), link, Path(target)
        self.target = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.has_opened = self.has_closed = self.has_lost = False
        self.rest = b""
        self.done = Event()
        self.thread = Thread(target=self._carry, name="messages", daemon=True)
        self.thread.start()

    def _carry(self) -> None:
        while not self.done.wait(_OFTEN):
            self._copy()

    def _copy(self) -> None:
        *lines, self.rest = b"".join((self.rest, *self.file.read())).split(b"\n")
        if lines:
            self._write(b"".join(self._linked(line) + b"\n" for line in lines))

    def finish(self, is_success: bool) -> None:
        """Pass on the rest; a notebook that ran to its end has closed Pipes, wherever it opened
        it."""
        self.done.set()
        self.thread.join()
        self._copy()
        self._write(self.rest)
        if is_success and self.has_opened and not self.has_closed and not self.rest:
            self._write(json.dumps({**_PROTOCOL, "method": "closed", "params": None}).encode())
            self._write(b"\n")
        if (how := self.file.loss()) is not None:
            self.has_lost = True
            say_lost(self.there, how)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.target, view) :]

    def _linked(self, line: bytes) -> bytes:
        if b'"method": "opened"' in line:
            self.has_opened, self.has_closed = True, False
        self.has_closed = self.has_closed or b'"method": "closed"' in line
        if not any(name in line for name in _REPORTS):
            return line
        try:
            message = json.loads(line)
            report = _report(message)
        except (ValueError, TypeError, KeyError, RecursionError):
            return line  # the host says what is wrong with it
        if report is None:
            return line
        report["metadata"] = {LINK: self.link, **(report.get("metadata") or {})}
        return json.dumps(message).encode()


def _report(message: Any) -> dict[str, Any] | None:
    """The part of a message that says that something was made."""
    if message["method"] == "report_asset_materialization":
        found = message["params"]
    elif (
        message["method"] == "report_custom_message" and "partition" in message["params"]["payload"]
    ):
        found = message["params"]["payload"]
    else:
        return None
    return found if isinstance(found, dict) else None


_PROTOCOL: Final = {"__dagster_pipes_version": "0.1"}
