"""Runs the steps of a plan, up to the wanted number at a time, each once what it needs is made."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, Thread
from typing import Final, NamedTuple

from pipes_projects.terminal.planning.plan import RunPlan
from pipes_projects.terminal.script_run import Line
from pipes_projects.terminal.steps import Result, Step


class Started(NamedTuple):
    """A step has begun."""

    step: int


class Wrote(NamedTuple):
    """A script has printed or logged a line."""

    step: int
    line: Line


class Done(NamedTuple):
    """A step has ended, or will never begin."""

    step: int
    result: Result


Progress = Started | Wrote | Done
Run = Callable[[Step, Callable[[Line], object]], Result]
_MOST: Final = 10_000
"""How many lines may wait for the reader before scripts have to wait."""
_WORDS: Final = {"failed": "failed", "skipped": "was skipped", "ended": "was ended"}
_TICK: Final = 0.2
"""Seconds after which a signal is noticed, on systems where waiting hides it."""


def side_by_side(plan: RunPlan, run: Run, jobs: int, stop: Event) -> Iterator[Progress]:
    """What happens, as it happens; every step is done once.

    Once `stop` is set, nothing new begins, and what is running has to end on its own. Set it when
    leaving this iterator early.
    """
    crew = _Crew(plan, run, stop)
    try:
        while crew.waiting or crew.running:
            yield from crew.begin(jobs)
            if crew.running:
                yield from crew.hear()
    finally:
        if crew.waiting or crew.running:
            stop.set()
        crew.is_heard = False


class _Crew:
    def __init__(self, plan: RunPlan, run: Run, stop: Event) -> None:
        self.plan, self.run, self.stop = plan, run, stop
        self.waiting = list(range(len(plan.steps)))
        self.running = set[int]()
        self.results: dict[int, Result] = {}
        self.events: queue.Queue[Progress] = queue.Queue(_MOST)
        self.is_heard = True

    def begin(self, jobs: int) -> Iterator[Progress]:
        """Start what can be started; report which of the rest never will be."""
        for number in [*self.waiting]:
            result = self._hindrance(number)
            if result is not None:
                self.waiting.remove(number)
                self.results[number] = result
                yield Done(number, result)
            elif len(self.running) < jobs and self.plan.upstream[number] <= self.results.keys():
                self.waiting.remove(number)
                self.running.add(number)
                yield Started(number)
                work = partial(self._work, number)
                Thread(target=work, name=f"step-{number}", daemon=True).start()

    def _hindrance(self, number: int) -> Result | None:
        if self.stop.is_set():
            return Result("skipped", why="the run was stopped")
        missing = self.plan.missing[number]
        if missing:
            return Result("skipped", why=f"{_listed(missing)} cannot be made")
        known = {
            upstream: self.results.get(upstream) for upstream in sorted(self.plan.upstream[number])
        }
        bad = {
            upstream: result
            for upstream, result in known.items()
            if result and result.outcome != "made"
        }
        if not bad:
            return None
        whys = (
            f"`{self.plan.steps[upstream].name}` {_WORDS[bad[upstream].outcome]}"
            for upstream in bad
        )
        return Result("skipped", why=", ".join(whys))

    def hear(self) -> Iterator[Progress]:
        """What happens until a step is done, or until nothing happens for a moment."""
        while True:
            try:
                event = self.events.get(timeout=_TICK)
            except queue.Empty:
                return
            if isinstance(event, Done):
                self.running.discard(event.step)
                self.results[event.step] = event.result
                yield event
                return
            yield event

    def _work(self, number: int) -> None:
        step = self.plan.steps[number]
        try:
            result = self.run(step, lambda line: self._put(Wrote(number, line)))
        except Exception as error:
            result = Result("failed", why=f"{step.name}: {type(error).__name__}: {error}")
        self._put(Done(number, result))

    def _put(self, event: Progress) -> None:
        while self.is_heard:
            try:
                self.events.put(event, timeout=_TICK)
            except queue.Full:
                continue
            return


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
