"""A driver as two processes: one works, the other, its parent, only waits. If either is killed, the
other one ends what was started elsewhere."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NoReturn

from pipes_projects.kinds.drivers.ending import end_like

_PR_SET_PDEATHSIG: Final = 1


def in_pair(work: Callable[[], int], clean: Callable[[], object]) -> NoReturn:
    """Work in a process of its own, which is asked to end if this one is killed, and end as it
    ends; if it is killed, clean up."""
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _die_with(parent)
        sys.exit(work())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the child gets the same signal, and acts on it
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        clean()
    end_like(code)


def _die_with(parent: int) -> None:
    """Have this process end, as if cancelled, when its parent is killed."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
