"""Runs the owner's code inside a command: it may print, change folders and exit as it likes.

What it writes goes to standard error, even from programs that it starts and when Python exits:
standard output is reserved for the command. Only `os._exit` ends the command too.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

_OUT, _ERR = 1, 2  # descriptors: `sys.stdout` may be another file


@contextmanager
def set_apart(folder: Path) -> Iterator[None]:
    """As when Python runs a file in this folder; everything is restored afterwards."""
    with ExitStack() as stack:
        stack.enter_context(_paths_kept())
        stack.enter_context(redirect_stderr(sys.stderr))  # whoever replaces it
        stack.enter_context(_output_kept())
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
def _output_kept() -> Iterator[None]:
    """Anything written to standard output goes to standard error."""
    with redirect_stdout(sys.stderr):
        kept = _redirect()
        try:
            yield
        finally:
            if kept is not None:
                _flush(sys.__stdout__)
                os.dup2(kept, _OUT)
                os.close(kept)
            atexit.register(_redirect)  # whatever is registered last runs first


def _redirect() -> int | None:
    """Points the descriptor at standard error, and keeps the old one; None if it is closed."""
    _flush(sys.stdout)
    _flush(sys.__stdout__)
    try:
        kept = os.dup(_OUT)
        os.dup2(_ERR, _OUT)
    except OSError:
        return None
    return kept


def _flush(file: object) -> None:
    with suppress(OSError, ValueError, AttributeError):  # it is closed, or not a descriptor
        file.flush()  # type: ignore[attr-defined]
