"""The job that a client of boto3's has started: whoever gives up on it can have it stopped.

Dagster's clients stop a job if they are interrupted while they wait for it. They do not while they
still ask for it, nor if Amazon does not answer any more, such as when a session has expired.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from typing import Any

from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._utils.interrupts import capture_interrupts, pop_captured_interrupt

Answer = Mapping[str, Any]


class Started:
    """Notes what a client starts and stops, by the names of its methods."""

    def __init__(
        self, client: Any, start: str, stop: str, arguments: Callable[[Answer], dict[str, Any]]
    ) -> None:
        self._start, self._stop = getattr(client, start), getattr(client, stop)
        self._arguments = arguments
        self._running: dict[str, Any] | None = None
        setattr(client, start, self._started)
        setattr(client, stop, self._stopped)

    def _started(self, **asked: Any) -> Answer:
        """An interrupt waits for the answer: without it, nobody could stop the job."""
        with capture_interrupts():
            answer: Answer = self._start(**asked)
            self._running = self._arguments(answer)
            is_interrupted = pop_captured_interrupt()
        if is_interrupted:
            raise DagsterExecutionInterruptedError
        return answer

    def _stopped(self, **asked: Any) -> Answer:
        answer: Answer = self._stop(**asked)
        self._running = None
        return answer

    def stop(self) -> None:
        """Stop the job, unless it was not started or the client has stopped it."""
        if self._running is not None:
            self._stopped(**self._running)
