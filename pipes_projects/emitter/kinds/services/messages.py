"""What a job says through Pipes, whatever a client reads it with: every message, or what is wrong.

Dagster's readers leave out lines that they cannot read, or stop reading, and the run succeeds.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Self

from dagster import PipesMessageHandler
from dagster_pipes import PipesParams

from pipes_projects.emitter.kinds.services.errors import is_absence
from pipes_projects.running.results.messages import VERSION_KEY, Malformed, Message, parsed

_SHOWN: Final = 200
_CUT: Final = "was cut, as logs do with long lines: report less at once"
_AT_ONCE: Final = frozenset({"log", "log_external_stream"})


class Heard:
    """What was heard, in order; threads of readers add to it."""

    def __init__(self) -> None:
        self.messages: list[Message | Malformed] = []
        self._lines = 0
        self.error = ""
        """The error that ended the script, as Python shows it, if it closed Pipes with one."""
        self.lost = ""
        """Why nothing can be known of what the script said, if that is so."""
        self.unread: BaseException | None = None
        """Why the rest of the messages could not be read, if that is so."""

    @property
    def has_opened(self) -> bool:
        """Whether the script has opened Pipes, or anything was said at all."""
        return bool(self.messages)

    def add(self, message: Any) -> None:
        """A line of messages, as data."""
        self.take(json.dumps(message))

    def take(self, line: str) -> None:
        """A line of messages, as text."""
        found = parsed(line.encode("utf-8", "surrogateescape"))
        if isinstance(found, str):
            self.malformed(line, found)
        else:
            self.messages.append(found)
            self.error = _error(found) or self.error

    def malformed(self, line: str, why: str) -> None:
        """A line that is not a message, and why."""
        self.messages.append(Malformed(self._lines, line[:_SHOWN], why))

    def heed(self, lines: Sequence[str], is_log: bool) -> list[str]:
        """The lines that are messages; in a log, all others are the script's output, unless they
        begin like a message."""
        whole = []
        for line in lines:
            if not line.strip() or (is_log and VERSION_KEY not in line):
                continue
            self._lines += 1
            if why := _why_not(line):
                self.malformed(line, _CUT if is_log else why)
            else:
                whole.append(line)
        return whole


def _why_not(line: str) -> str:
    """Why a line is no message of Pipes; empty if it is one."""
    found = parsed(line.encode("utf-8", "surrogateescape"))
    if isinstance(found, str):
        return found
    return "" if VERSION_KEY in json.loads(line) else "is not a message"


def _print(stream: str, text: str, **_: Any) -> None:
    """Dagster's own keeps it for later where that is a file or a pipe, and warns of what comes
    after a script has closed Pipes."""
    file = sys.stderr if stream == "stderr" else sys.stdout
    file.write(text)
    file.flush()


def _error(message: Message) -> str:
    raised = message.params.get("exception") if isinstance(message.params, dict) else None
    if message.method != "closed" or not isinstance(raised, dict):
        return ""
    stack = raised.get("stack")
    frames = "".join(map(str, stack)) if isinstance(stack, list) else ""
    return f"Traceback (most recent call last):\n{frames}{raised.get('message') or ''}"


class Listener:
    """Takes the place of Dagster's handler of messages.

    What the script logs is passed on at once; reports are kept, for the settlement.
    """

    def __init__(self, handler: PipesMessageHandler, heard: Heard) -> None:
        self._handler = handler
        self._heard = heard

    def handle_message(self, message: Any) -> None:
        """Dagster's hook: a message has come in."""
        method = message.get("method")
        if method in _AT_ONCE:
            self._pass_on(message)
            return
        self._heard.add(message)
        if method in ("opened", "closed"):
            params = message.get("params") or {}
            self._handler.handle_message({"method": method, "params": params})  # type: ignore[typeddict-item]

    def _pass_on(self, message: Any) -> None:
        try:
            if message["method"] == "log":
                self._handler.handle_message(message)
            else:
                _print(**message["params"])
        except Exception:
            self._heard.malformed(json.dumps(message), "cannot be logged")

    def report_pipes_framework_exception(self, origin: str, exc_info: Any) -> None:
        """Dagster's hook: a reader has failed, so the rest of the messages is lost."""
        self._heard.unread = exc_info[1]
        self._handler.report_pipes_framework_exception(origin, exc_info)

    @property
    def received_opened_message(self) -> bool:
        """Dagster's hook: whether the script has opened Pipes."""
        return self._handler.received_opened_message

    @property
    def received_closed_message(self) -> bool:
        """Dagster's hook: whether the script has closed Pipes."""
        return self._handler.received_closed_message

    @property
    def _context(self) -> Any:
        """Where Dagster's readers log."""
        return self._handler._context


_InFront: Any = object
"""Of a reader of Dagster's: a class with it has one of those behind it."""


class Whole(_InFront):
    """A reader of Dagster's whose messages are heard; to be put in front of it."""

    heard: Heard
    params: PipesParams

    def into(self, heard: Heard) -> Self:
        """The same reader, with where its messages go."""
        self.heard = heard
        return self

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Iterator[PipesParams]:
        """Dagster's hook: reads while this lasts."""
        listener: Any = Listener(handler, self.heard)
        with super().read_messages(listener) as params:
            self.params = params
            yield params


def _messages(lines: str) -> Iterator[Any]:
    return (json.loads(line) for line in lines.split("\n") if line)


class WholeLines(Whole):
    """A reader of Dagster's that downloads lines: every line counts."""

    is_log = False
    """Whether there are other lines, too: what the script prints."""

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Iterator[PipesParams]:
        """Dagster's hook: reads while this lasts, and then what a script printed at its very end,
        which is sent after it says that it has closed Pipes: Dagster's readers stop there."""
        try:
            with super().read_messages(handler) as params:
                yield params
        finally:
            if not self.is_log and (found := self.download_messages(None, self.params)):
                for message in _messages(found[1]):
                    Listener(handler, self.heard).handle_message(message)
        if not self.is_log and not self.heard.has_opened:
            self._look()

    def _look(self) -> None:
        """Dagster's readers take any answer for that of a file that is not there."""
        try:
            self.ask_for_the_first(self.params)
        except Exception as error:
            if not is_absence(error):
                self.heard.unread = error

    def ask_for_the_first(self, params: PipesParams) -> object:
        """The file with the first messages; raises what its service answers instead."""
        raise NotImplementedError

    def download_messages(self, cursor: Any, params: PipesParams) -> tuple[Any, str] | None:
        """Dagster's hook: all lines that are there. Its own readers take one piece at a time, and
        stop some seconds after the job: the rest would be lost."""
        lines, is_any = list[str](), False
        while (found := super().download_messages(cursor, params)) is not None:
            (cursor, text), is_any = found, True
            lines += self.heard.heed(text.split("\n"), self.is_log)
        return (cursor, "\n".join(lines)) if is_any else None
