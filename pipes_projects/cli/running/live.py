"""A run, while it lasts: what scripts print, with the name of the asset before each line."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from typing import Any, Final

from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import colour_is_for
from pipes_projects.cli.streams import show_painted, tell
from pipes_projects.terminal.planning.plan import RunPlan
from pipes_projects.terminal.side_by_side import Done, Progress, Started, Wrote
from pipes_projects.text.plain import shown
from pipes_projects.text.width import width

_COLOURS: Final = ("36", "35", "34", "33", "32", "96", "95", "94")
_WIDEST: Final = 40
_RED: Final = "31"


class Live:
    """Shows what happens, on standard error."""

    def __init__(self, plan: RunPlan) -> None:
        self.names = [shown(step.name) for step in plan.steps]
        self.wide = min(_WIDEST, max(map(width, self.names), default=0))
        self.colour = colour_is_for(sys.stderr)
        self.running: dict[int, None] = {}
        self.done = 0

    def __call__(self, event: Progress) -> None:
        """Show it."""
        if isinstance(event, Wrote):
            self._line(event.step, event.line.text)
        elif isinstance(event, Started):
            self.running[event.step] = None
            self._line(event.step, "started")
        elif isinstance(event, Done):
            self.running.pop(event.step, None)
            self.done += 1
            self._done(event)

    def words(self) -> str:
        """What is running, and how much is done."""
        names = ", ".join(self.names[step] for step in tuple(self.running))
        return f"{self.done} of {len(self.names)} done{f', running {names}' if names else ''}"

    def _done(self, event: Done) -> None:
        result = event.result
        took = f" after {result.seconds:.1f} s" if result.seconds is not None else ""
        why = result.why.partition("\n")[0]
        text = f"{result.outcome}{took}{f': {why}' if why else ''}"
        self._line(event.step, text, None if result.outcome == "made" else _RED)

    def _line(self, step: int, text: str, style: str | None = None) -> None:
        name = self.names[step]
        padded = name + " " * (self.wide - width(name))
        before = self._painted(f"{padded} |", _COLOURS[step % len(_COLOURS)])
        after = self._painted(shown(text), style) if style else shown(text)
        show_painted(f"{before} {after}\n", err=True)

    def _painted(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text


@contextmanager
def stopped_by_signals(stop: Event) -> Iterator[None]:
    """While this lasts, Ctrl-C, or the end of the terminal, sets `stop` instead of ending this
    process."""
    if current_thread() is not main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    if before.get(_HANGUP) == signal.SIG_IGN:  # as `nohup` wants it
        del before[_HANGUP]

    def on_signal(number: int, frame: Any) -> None:
        del number, frame
        stop.set()

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_HANGUP: Final = getattr(signal, "SIGHUP", signal.SIGTERM)
"""What is sent when the terminal is closed; Windows has no such signal."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, _HANGUP)


def watched(events: Iterator[Progress], live: Live, stop: Event) -> Iterator[Done]:
    """The steps that are done, while everything is shown."""
    told = False
    with doing(live.words):
        for event in events:
            if stop.is_set() and not told:
                told = True
                tell("stopping: running scripts are being ended, and nothing else starts")
            live(event)
            if isinstance(event, Done):
                yield event
