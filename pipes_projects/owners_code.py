"""Runs the owner's code inside a command: it may print, change the process and exit as it likes.

What it writes goes to standard error, even when programs that it starts write it, or when Python
exits: standard output is reserved for the command.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

_OUT, _ERR = 1, 2  # descriptors: `sys.stdout` may be another file
_STREAMS: Final = ("stdout", "stderr", "__stdout__", "__stderr__")


@contextmanager
def set_apart(folder: Path) -> Iterator[None]:
    """As when Python runs a file in this folder; everything is restored afterwards."""
    with ExitStack() as stack:
        for kept in (_paths_kept, _process_kept, _output_kept, _exit_kept):
            stack.enter_context(kept())
        sys.path.insert(0, str(folder))
        yield


@contextmanager
def _paths_kept() -> Iterator[None]:
    path, entries, here = sys.path, [*sys.path], ""
    with suppress(OSError):  # the folder may be gone
        here = os.getcwd()
    try:
        yield
    finally:
        sys.path = path
        path[:] = entries
        with suppress(OSError):
            os.chdir(here)


@contextmanager
def _process_kept() -> Iterator[None]:
    """The variables, the mode of new files, and how deep calls may be nested."""
    variables, depth, mask = dict(os.environ), sys.getrecursionlimit(), os.umask(0)
    os.umask(mask)
    try:
        yield
    finally:
        os.umask(mask)
        sys.setrecursionlimit(depth)
        if variables != os.environ:
            os.environ.clear()
            os.environ.update(variables)


@contextmanager
def _exit_kept() -> Iterator[None]:
    """`os._exit` would end the command without a word: in this process, it raises instead."""
    leave, process = os._exit, os.getpid()

    def refuse(status: int) -> Any:
        if os.getpid() == process:
            raise SystemExit(status)
        leave(status)

    os._exit = refuse
    try:
        yield
    finally:
        os._exit = leave


@contextmanager
def _output_kept() -> Iterator[None]:
    """Anything written to standard output goes to standard error, whoever closes either."""
    streams = {name: getattr(sys, name) for name in _STREAMS}
    descriptors = {number: _kept(number) for number in (_OUT, _ERR)}
    errors = _StaysOpen(sys.stderr) if sys.stderr else None
    _redirect()
    vars(sys).update(dict.fromkeys(_STREAMS, errors))
    try:
        yield
    finally:
        for stream in streams.values():
            _flush(stream)
        vars(sys).update(streams)
        for number, kept in descriptors.items():
            if kept is not None:
                os.dup2(kept, number)
                os.close(kept)
        atexit.register(_redirect)  # whatever is registered last runs first


class _StaysOpen:
    """A stream that cannot be closed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def close(self) -> None:
        """Keeps it open."""
        _flush(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _kept(descriptor: int) -> int | None:
    """A duplicate; None if it is closed."""
    with suppress(OSError):
        return os.dup(descriptor)
    return None


def _redirect() -> None:
    """Points the descriptor of standard output, if it is open, at standard error."""
    _flush(sys.stdout)
    _flush(sys.__stdout__)
    with suppress(OSError):
        os.fstat(_OUT)
        os.dup2(_ERR, _OUT)


def _flush(file: object) -> None:
    with suppress(OSError, ValueError, AttributeError):  # it is closed, or not a descriptor
        file.flush()  # type: ignore[attr-defined]
