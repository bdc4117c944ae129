"""Messages while something is deployed: on standard error, and not too often."""

from __future__ import annotations

import logging
import sys
from time import monotonic
from typing import Final

from pipes_projects.cli.streams import show, tell
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.site import LOG, Reports

_ON_TERMINALS: Final = 1.0
_ELSEWHERE: Final = 10.0
"""How many seconds pass between two lines about progress."""


def reports() -> Reports:
    """Reports for the people who are waiting."""
    LOG.handlers = [_Told()]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    return Reports(LOG, _Progress(), _waiting)


class _Progress:
    """Says how much is done, if the work takes a while."""

    def __init__(self) -> None:
        self.every = _ON_TERMINALS if sys.stderr and sys.stderr.isatty() else _ELSEWHERE
        self.last_told = monotonic()

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self.last_told >= self.every:
            self.last_told = monotonic()
            tell(f"{done:,} of {total:,} files are there")


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
