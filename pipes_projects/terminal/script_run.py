"""One step, run to its end: what happens meanwhile, and the result."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

from pipes_projects.running.connections import MissingConnectionsError
from pipes_projects.running.ending import CannotStartError
from pipes_projects.running.environment import MissingSecretsError, SecretsError
from pipes_projects.running.results.outcome import Happening, Printed, Said, Verdict, outcome
from pipes_projects.running.results.settlement import CheckResult, Materialization, Settlement
from pipes_projects.running.session import run
from pipes_projects.terminal.job import SECRETS_HELP, Surroundings, job_of
from pipes_projects.terminal.lines import Lines
from pipes_projects.terminal.steps import Outcome, Result, Step


class Line(NamedTuple):
    """Something that a script printed, or logged."""

    text: str
    is_error: bool = False


class ScriptRun:
    """Runs a step; `emit` takes its lines, also from other threads."""

    def __init__(self, step: Step, around: Surroundings, emit: Callable[[Line], object]) -> None:
        self.step, self.around, self.emit = step, around, emit
        self.out = Lines(lambda text: emit(Line(text)))
        self.err = Lines(lambda text: emit(Line(text, is_error=True)))
        self.made: list[Materialization] = []
        self.checks: list[CheckResult] = []

    def __call__(self) -> Result:
        """Run it; returns its result."""
        start = time.monotonic()
        try:
            verdict = self._verdict()
        except MissingSecretsError as error:
            why = f"{self._path}: {error}; {SECRETS_HELP}"
            return Result("failed", time.monotonic() - start, why=why)
        except (CannotStartError, SecretsError, MissingConnectionsError) as error:
            return Result("failed", time.monotonic() - start, why=f"{self._path}: {error}")
        finally:
            self.out.close()
            self.err.close()
        return self._result(verdict, time.monotonic() - start)

    def _verdict(self) -> Verdict:
        job = job_of(self.step, self.around, (self.out, self.err))
        for happening in outcome(run(job), Settlement(self.step.expected)):
            if isinstance(happening, Verdict):
                return happening
            self._take(happening)
        raise AssertionError("a run ends with its verdict")

    def _take(self, happening: Happening) -> None:
        if isinstance(happening, Said):
            self.emit(Line(f"{happening.level} {happening.text}", happening.level in _BAD))
        elif isinstance(happening, Printed):
            lines = self.err if happening.stream == "stderr" else self.out
            lines(happening.text.encode("utf-8", "surrogateescape"))
        elif isinstance(happening, Materialization):
            self.made.append(happening)
        elif isinstance(happening, CheckResult):
            self.checks.append(happening)

    def _result(self, verdict: Verdict, seconds: float) -> Result:
        root = str(self.around.root)
        if verdict.ending.left:
            left = verdict.ending.left
            self.emit(Line(f"the script left processes behind, which were ended: {left}", True))
        why = [] if verdict.is_success else [verdict.text(self._path, self._file, root)]
        if not why:
            blocking = (check for check in self.checks if self.step.is_blocked_by(check))
            why = [f"blocking check `{check.name}` of `{check.asset}` failed" for check in blocking]
        ended: Outcome = "ended" if verdict.ending.cancelled else "failed"
        made, checks = tuple(self.made), tuple(self.checks)
        return Result(ended if why else "made", seconds, made, checks, "\n".join(why))

    @property
    def _path(self) -> str:
        return self.step.script.path or self.step.script.name

    @property
    def _file(self) -> str:
        return os.path.join(self.around.root, self._path)


_BAD = frozenset({"WARNING", "ERROR", "CRITICAL"})
