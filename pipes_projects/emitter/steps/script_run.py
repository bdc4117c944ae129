"""A script that is run, as a Dagster step: its reports are yielded as they come in."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import logging
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from pipes_projects.emitter.steps.events.recording import Recorder, Result
from pipes_projects.emitter.steps.executors.elsewhere import end_of_run
from pipes_projects.running.ending import CannotStartError, Ending
from pipes_projects.running.output import to_descriptor
from pipes_projects.running.results.outcome import Happening, Printed, Said, Verdict, outcome
from pipes_projects.running.results.settlement import Expected, Settlement
from pipes_projects.running.session import Job, run
from pipes_projects.text.masking import Write

STANDARD: Final[tuple[Write, Write]] = (to_descriptor(1), to_descriptor(2))
"""Where Dagster's compute logs capture what a step writes."""


class StepRun(ABC):
    """What `invoke()` returns for a script: an iterator of results, which runs the script.

    The script starts when the first result is requested. `get_results()` waits for all of them.
    """

    def __init__(
        self,
        keys: Mapping[str, dg.AssetKey],
        expected: Expected,
        context: dg.AssetExecutionContext,
        failure: Callable[[Verdict | CannotStartError], str],
    ) -> None:
        self.keys = keys
        self.expected = expected
        self.settlement = Settlement(expected)
        self.context = context
        self.failure = failure

    @abstractmethod
    def _happenings(self) -> Iterator[Happening]:
        """Runs the script; what happens meanwhile, and finally the verdict."""

    def __iter__(self) -> Iterator[Result]:
        """Run the script; raises `Failure` at the end if it did not do what it had to."""
        recorder = Recorder(self.keys, self.expected, self.context)
        try:
            for happening in self._happenings():
                if isinstance(happening, Said):
                    self._log(happening)
                elif isinstance(happening, Verdict):
                    self._judge(happening)
                elif isinstance(happening, Printed):
                    stream = sys.stderr if happening.stream == "stderr" else sys.stdout
                    stream.write(happening.text)
                else:
                    yield from recorder.record(happening)
        except CannotStartError as error:
            raise dg.Failure(self.failure(error)) from None
        except DagsterExecutionInterruptedError as interrupt:  # executors know it by its name
            for report in self.settlement.finish(Ending()):
                yield from recorder.record(report)
            raise DagsterExecutionInterruptedError(self._interrupted()) from interrupt

    def get_results(self) -> list[Result]:
        """All results, once the script has ended."""
        return list(self)

    def _interrupted(self) -> str:
        ending = Ending(failure="ended, because Dagster interrupted its step")
        return self.failure(Verdict(ending, tuple(self.settlement.problems)))

    def _log(self, message: Said) -> None:
        log, level = self.context.log, _LEVELS.get(message.level, logging.INFO)
        if log.isEnabledFor(level):  # not `log.log`: no line of Python is looked for in the stack
            log.handle(log.makeRecord(log.name, level, "", 0, message.text, (), None))

    def _judge(self, verdict: Verdict) -> None:
        if verdict.ending.left:
            left = verdict.ending.left
            self.context.log.warning(f"the script left processes behind, which were ended: {left}")
        if not verdict.is_success:
            may_retry = not verdict.ending.cancelled
            raise dg.Failure(self.failure(verdict), allow_retries=may_retry)


class ScriptRun(StepRun):
    """A script run by our own runner: each result is yielded when the script reports it."""

    def __init__(
        self,
        job: Job,
        keys: Mapping[str, dg.AssetKey],
        expected: Expected,
        context: dg.AssetExecutionContext,
        failure: Callable[[Verdict | CannotStartError], str],
    ) -> None:
        super().__init__(keys, expected, context, failure)
        self.job = job

    def _happenings(self) -> Iterator[Happening]:
        with end_of_run(self.context) as stop:
            yield from outcome(run(self.job._replace(stop=self.job.stop or stop)), self.settlement)


_LEVELS: Final = {
    name: getattr(logging, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
}
