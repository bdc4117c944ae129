"""A run of a script, as its host sees it: what counts, as it is reported, and finally a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipes_projects.running.ending import Ending, author_error, meaning_in_shells
from pipes_projects.running.results.messages import OF_RUN, Message
from pipes_projects.running.results.metadata import values
from pipes_projects.running.results.refused import refused_keys
from pipes_projects.running.results.reports import reported
from pipes_projects.running.results.settlement import Report, Settlement
from pipes_projects.running.results.shadowing import shadowed
from pipes_projects.running.session import Ended, Happened

_MOST = 20


class Said(NamedTuple):
    """A line of a script's log."""

    level: str
    """`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`."""
    text: str


class Printed(NamedTuple):
    """Output from something that the script runs elsewhere."""

    stream: str
    """`stdout` or `stderr`."""
    text: str


class Verdict(NamedTuple):
    """Whether the script did what it had to, and everything that is wrong."""

    ending: Ending
    problems: tuple[str, ...] = ()
    stderr: str = ""

    @property
    def is_success(self) -> bool:
        """Whether nothing is wrong."""
        return self.ending.is_success and not self.problems

    def text(self, script: str, path: str, folder: str) -> str:
        """The failure, for people: the script and how it ended, the author's own error, the rest.

        Args:
            script: The script's path as people know it.
            path: Its absolute path.
            folder: The project's folder.
        """
        if self.ending.is_success:
            return "\n".join([f"{script}: {self.problems[0]}", *self._rest(self.problems[1:])])
        error = author_error(self.stderr, path, folder)
        meaning = meaning_in_shells(self.ending.code) if path.endswith(".sh") else None
        stuck = f"these processes could not be ended: {self.ending.stuck}"
        confused = shadowed(self.stderr, path, folder)
        parts = [f"{script}: {self.ending}", meaning, error, confused]
        parts += [stuck] if self.ending.stuck else []
        return "\n".join([*filter(None, parts), *self._rest(self.problems)])

    def _rest(self, problems: tuple[str, ...]) -> list[str]:
        more = len(problems) - _MOST
        return [*problems[:_MOST], *([f"and {more} more problems"] if more > 0 else [])]


Happening = Report | Said | Printed | Verdict


def outcome(events: Iterable[Happened], settlement: Settlement) -> Iterator[Happening]:
    """What happens in a run, as it happens; the last item is the verdict.

    If an exception ends the run, what the script has reported until then is settled first; what it
    has not is among the problems of `settlement`.
    """
    try:
        yield from _settled(events, settlement)
    except GeneratorExit:
        raise
    except BaseException:
        yield from settlement.finish(Ending())
        raise


def _settled(events: Iterable[Happened], settlement: Settlement) -> Iterator[Happening]:
    for event in events:
        if isinstance(event, Message):
            words = _words(event)
            yield from (words,) if words else _of_message(event, settlement)
        elif isinstance(event, Ended):
            if not event.ending.is_success:
                settlement.refuse(refused_keys(event.stderr))
            yield from settlement.finish(event.ending)
            yield Verdict(event.ending, tuple(settlement.problems), event.stderr)
        else:
            settlement.malformed(str(event))


def _of_message(message: Message, settlement: Settlement) -> Iterator[Happening]:
    told = reported(message)
    settlement.problems += told.problems
    if told.report is not None:
        yield from settlement.settle(told.report)
        while settlement.notes:
            yield Said("WARNING", settlement.notes.pop(0))
    elif message.method == OF_RUN:
        settlement.of_run, _ = values(message.params["metadata"], "the run")
    elif message.method == "opened":
        settlement.opened()
    elif message.method == "closed":
        settlement.has_closed = True


def _words(message: Message) -> Said | Printed | None:
    """What a script only says."""
    params = message.params
    if message.method == "log":
        return Said(str(params.get("level", "INFO")).upper(), str(params.get("message", "")))
    if message.method == "log_external_stream":
        return Printed(str(params.get("stream", "stdout")), str(params.get("text", "")))
    return None
