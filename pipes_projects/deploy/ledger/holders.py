"""The process that holds a lock: which one it is, and whether it has ended."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import NamedTuple
from uuid import getnode

from pipes_projects.deploy.ledger.document import LockRecord


class Holder(NamedTuple):
    """A process: no other has the same machine, number and start."""

    user: str
    host: str
    machine: str
    pid: int
    started: float


def this_process() -> Holder:
    """The process that calls this."""
    pid = os.getpid()
    return Holder(user_name(), socket.gethostname(), _machine(), pid, _started(pid) or 0.0)


def user_name() -> str:
    """The name of the user who runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # the user of a container may have only a number
        return str(os.getuid()) if hasattr(os, "getuid") else "somebody"


def is_dead(record: LockRecord) -> bool | None:
    """Whether a lock's holder has ended; None if this machine cannot know."""
    if record.machine != _machine():
        return None
    try:
        return _started(record.pid) != record.started
    except PermissionError:  # it is another user's
        return None


@cache
def _machine() -> str:
    """What processes that can see each other have in common: this machine since it was started,
    or this container alone."""
    known = [socket.gethostname(), str(getnode())]
    if sys.platform == "linux":
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            known = [file.read(), os.readlink("/proc/self/ns/pid")]
    return sha256("\n".join(known).encode()).hexdigest()[:16]


def _started(pid: int) -> float | None:
    """When a process began, by a clock that nobody can set; None if it has ended."""
    if sys.platform == "linux":
        return _started_on_linux(pid)
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied as error:
        raise PermissionError from error


def _started_on_linux(pid: int) -> float | None:
    """In ticks since the machine started: psutil's seconds move when somebody sets the clock."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, *rest = file.read().rpartition(b")")[2].split()
            threads, started = int(rest[16]), float(rest[18])
    except (FileNotFoundError, ProcessLookupError):
        _refuse_hidden(pid)
        return None
    has_ended = state in (b"Z", b"X") and threads < 2  # otherwise a thread may still be writing
    return None if has_ended else started


def _refuse_hidden(pid: int) -> None:
    """Raises `PermissionError` for a process that only its user may see."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        raise PermissionError
