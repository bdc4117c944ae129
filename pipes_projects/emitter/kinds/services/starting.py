"""Starts a script as a job of its service, and settles what it reported like that of any script."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from threading import Event
from typing import Any, Final

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from pipes_projects.emitter.kinds import Runnable
from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation
from pipes_projects.emitter.kinds.services.errors import (
    as_here,
    ends_a_job,
    is_about_a_job,
    sentence,
)
from pipes_projects.emitter.kinds.services.interrupting import (
    INTERRUPTS,
    interruption,
    is_about_an_interrupt,
)
from pipes_projects.emitter.steps.executors.elsewhere import end_of_run
from pipes_projects.emitter.steps.expected import expected
from pipes_projects.emitter.steps.script_run import StepRun
from pipes_projects.kinds import registered_kind
from pipes_projects.running.connections import MissingConnectionsError
from pipes_projects.running.ending import CannotStartError, Ending
from pipes_projects.running.foreseeing import refuse_missing
from pipes_projects.running.results.outcome import Happening, Verdict, outcome
from pipes_projects.running.results.settlement import Materialization
from pipes_projects.running.session import Ended, Happened

_HERE: Final = "pipes_projects.emitter.kinds.services"
_MODULES: Final[Mapping[str, str]] = {
    "k8s": "k8s",
    "glue": "aws.glue",
    "ecs": "aws.ecs",
    "emr": "aws.emr",
    "emr_serverless": "aws.emr",
    "emr_containers": "aws.emr",
    "databricks": "databricks",
    "databricks_serverless": "databricks",
    "dataproc": "dataproc",
    "azureml": "azureml",
}
"""The module of each kind; its `prepare` says which client to start, and how."""
_UNHEARD: Final = (
    "the job has not opened Pipes, so all that was asked of it counts as made; if its script does"
    " open Pipes, its messages went elsewhere: see `pipes-projects kinds {kind}`"
)


def run(script: Runnable, context: dg.AssetExecutionContext) -> "JobRun":
    """The run of a script, whose job starts when the first result is requested."""
    path, name = script.model.path or script.model.name, script.model.kind
    asked = Asked(script, context)
    try:
        if kind := registered_kind(name):
            refuse_missing(kind)
        prepare = import_module(f"{_HERE}.{_MODULES[name]}").prepare
        return JobRun(asked, prepare(asked))
    except (CannotStartError, CannotAskError, MissingConnectionsError) as error:
        raise dg.Failure(f"{path}: {error}", allow_retries=False) from None
    except Exception as error:
        raise dg.Failure(f"{path}: {sentence(error, asked.secrets)}") from error


class JobRun(StepRun):
    """A script that runs as a job of a service, started by a Pipes client of Dagster's."""

    def __init__(self, asked: Asked, invocation: Invocation) -> None:
        script, context = asked.script, asked.context
        keys = script.manifest_keys()
        known = expected(keys, script.keys_apart(), context)
        super().__init__(keys, known, context, self._failure)
        self.asked, self.invocation = asked, invocation
        self.facts: Mapping[str, Any] = {}
        """What the client says about the job, such as its page at the service."""

    def _failure(self, why: Verdict | CannotStartError) -> str:
        path = self.asked.path
        if isinstance(why, Verdict):
            return why.text(path, *map(str, self.asked.script.code_place))
        return f"{path}: {why}"

    def _happenings(self) -> Iterator[Happening]:
        with end_of_run(self.context) as stop:
            for happening in outcome(self._events(stop), self.settlement):
                if isinstance(happening, Materialization):
                    yield happening._replace(metadata={**self.facts, **happening.metadata})
                else:
                    yield happening

    def _events(self, stop: Event | None) -> Iterator[Happened]:
        heard = self.asked.heard
        try:
            ending = self._ending(stop)
        except INTERRUPTS:
            yield from heard.messages
            raise
        ending = self._with_what_is_lost(ending)
        if ending.is_success and not heard.has_opened:
            self.context.log.warning(_UNHEARD.format(kind=self.asked.script.model.kind))
        yield from heard.messages
        script, root = self.asked.script.code_place
        yield Ended(ending, as_here(heard.error, str(script), str(root)))

    def _with_what_is_lost(self, ending: Ending) -> Ending:
        """An ending that says why messages are missing, too, unless it says the same."""
        heard = self.asked.heard
        if heard.unread is None:
            return Ending(failure=heard.lost) if ending.is_success and heard.lost else ending
        why = sentence(heard.unread, self.asked.secrets)
        lost = f"its messages could not be read: {why}"
        if ending.is_success:
            return Ending(failure=lost)
        is_news = ending.failure and why not in ending.failure
        return ending._replace(failure=f"{ending.failure}; {lost}") if is_news else ending

    def _ending(self, stop: Event | None) -> Ending:
        """Runs the job; how it ended. An interrupt of Dagster's is passed on."""
        manifest = self.asked.script.manifest
        with interruption(manifest.timeout, stop) as interrupted:
            try:
                self._invoke(manifest.extras)
            except INTERRUPTS:
                if interrupted.ending is None:
                    raise
            except Exception as error:
                if interrupted.ending is None and is_about_an_interrupt(error):
                    raise DagsterExecutionInterruptedError from error
                return interrupted.ending or Ending(failure=self._words(error))
        return interrupted.ending or Ending(code=0)

    def _words(self, error: Exception) -> str:
        words = sentence(error, self.asked.secrets)
        is_silent = is_about_a_job(error) and not self.asked.heard.error
        return (
            f"{words}; its script reported no error: look into the job's log"
            if is_silent
            else words
        )

    def _invoke(self, extras: Mapping[str, Any]) -> None:
        start: Callable[..., dg.PipesClientCompletedInvocation] = self.invocation.client.run
        parameters = self.invocation.parameters
        try:
            completed = start(context=self.context, extras=dict(extras), **parameters)
        except BaseException as error:
            self._give_up(error)
            raise
        self.facts = completed.metadata or {}

    def _give_up(self, why: BaseException) -> None:
        """Nobody waits for the job any more: it is stopped, unless it has ended."""
        if self.invocation.stop is None or ends_a_job(why):
            return
        try:
            self.invocation.stop()
        except Exception as error:
            words = sentence(error, self.asked.secrets)
            self.context.log.error(f"the job could not be stopped, and may go on: {words}")
