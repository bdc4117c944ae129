"""The process of the run that a step belongs to: if it is killed, nothing else ends the step."""

from __future__ import annotations

import multiprocessing
from functools import cache
from threading import Event, Thread
from typing import Final

_STEPS: Final = "dagster._core.executor.child_process_executor"
"""The module in which Dagster's step processes start."""


@cache
def run_process_is_gone() -> Event | None:
    """Set when the run's process has ended; None if the step has no process of its own.

    Dagster's multiprocess executor ends its steps when a run is cancelled, but cannot when it is
    killed itself: such a step would go on with a run that Dagster calls failed.
    """
    run_process = multiprocessing.parent_process()
    begun = getattr(multiprocessing.current_process(), "_target", None)
    if run_process is None or getattr(begun, "__module__", None) != _STEPS:
        return None
    gone = Event()

    def watch() -> None:
        run_process.join()
        gone.set()

    Thread(target=watch, name="run-process", daemon=True).start()
    return gone
