"""Messages while something is deployed: on standard error, on a terminal in the line that shows
progress."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from time import monotonic
from typing import Final

from pipes_projects.cli.progress import can_show, doing
from pipes_projects.cli.streams import show, tell
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.site import LOG, Reports

_EVERY: Final = 10.0
"""How many seconds pass between two lines about progress, where there is no terminal."""


def reports() -> Reports:
    """Reports for the people who are waiting."""
    LOG.handlers = [_Told()]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    return Reports(LOG, _Progress(), _waiting)


class _Progress:
    """Says how much is done, if the work takes a while; owners' functions, which may print, run
    before and after that."""

    def __init__(self) -> None:
        self.every = _EVERY
        self.last_told = monotonic()
        self.words = ""
        self.line = ExitStack()

    def __call__(self, done: int, total: int) -> None:
        if not self.words and can_show():
            self.line.enter_context(doing(lambda: self.words))
        self.words = f"{done:,} of {total:,} files are there"
        if done >= total:
            self.line.close()
            self.words = ""
        elif not can_show() and monotonic() - self.last_told >= self.every:
            self.last_told = monotonic()
            tell(self.words)


class _Told(logging.Handler):
    """Shows what owners' functions log."""

    def emit(self, record: logging.LogRecord) -> None:
        show(f"{self.format(record)}\n", err=True)


def _waiting(record: LockRecord | None) -> None:
    if record is None:
        tell("waiting for somebody else who deploys")
        return
    who = f"{record.user} on {record.host} (process {record.pid})"
    tell(f"waiting for {who}, who has held the lock since {record.since}, for `{record.doing}`")
