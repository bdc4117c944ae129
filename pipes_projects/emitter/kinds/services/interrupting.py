"""Ends the job of a client in the way that Dagster would: by an interrupt, which clients heed.

Clients wait in this thread, and have no time limit of their own.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dagster._core.errors import DagsterExecutionInterruptedError

from pipes_projects.running.ending import Ending

_OFTEN: Final = 0.1
INTERRUPTS: Final = (DagsterExecutionInterruptedError, KeyboardInterrupt)


class Interruption:
    """Why a job was ended, if it was."""

    def __init__(self, timeout: float | None, stop: threading.Event | None) -> None:
        self.timeout, self.stop = timeout, stop
        self.ending: Ending | None = None
        self._thread = threading.current_thread()
        self._is_done = threading.Event()
        self._lock = threading.Lock()

    def watch(self) -> None:
        """Interrupts the thread when the job's time is up, or its run has ended."""
        deadline = time.monotonic() + self.timeout if self.timeout is not None else float("inf")
        while not self._is_done.wait(_OFTEN):
            if time.monotonic() >= deadline:
                self._interrupt(Ending(timed_out=self.timeout))
            elif self.stop is not None and self.stop.is_set():
                self._interrupt(Ending(cancelled=True))

    def _interrupt(self, ending: Ending) -> None:
        with self._lock:
            if not self._is_done.is_set():
                self._is_done.set()
                self.ending = ending
                _raise_in(self._thread)

    def done(self) -> None:
        """Nothing is interrupted from here on."""
        with self._lock:
            self._is_done.set()


@contextmanager
def interruption(timeout: float | None, stop: threading.Event | None) -> Iterator[Interruption]:
    """While this lasts, the job may be ended."""
    watched = Interruption(timeout, stop)
    if timeout is not None or stop is not None:
        threading.Thread(target=watched.watch, name="job-end", daemon=True).start()
    try:
        yield watched
    finally:
        watched.done()


def is_about_an_interrupt(error: BaseException | None) -> bool:
    """Whether an error was raised because of an interrupt, as by a job that cannot be stopped."""
    while error is not None and not isinstance(error, INTERRUPTS):
        error = error.__context__
    return error is not None


def _raise_in(thread: threading.Thread) -> None:
    """A signal ends a wait at once, but only the main thread gets any."""
    if thread is threading.main_thread() and callable(signal.getsignal(signal.SIGINT)):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return
    number = ctypes.c_ulong(thread.ident or 0)
    error = ctypes.py_object(DagsterExecutionInterruptedError)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, error)
