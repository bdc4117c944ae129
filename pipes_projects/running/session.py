"""One run of a script: what it gets as context, what it reports while it runs, and how it ends.

The protocol is that of `dagster_pipes`: two environment variables name a file with the script's
context, and one that takes its messages.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, NamedTuple

from dagster_pipes import (
    DAGSTER_PIPES_CONTEXT_ENV_VAR,
    DAGSTER_PIPES_MESSAGES_ENV_VAR,
    encode_param,
)

from pipes_projects.kinds.drivers.errand import METADATA, PLACE, REFUSAL, Errand
from pipes_projects.running.ending import CannotStartError, Ending
from pipes_projects.running.process import Command, Process, drained, start
from pipes_projects.running.results.messages import OF_RUN, Lost, Malformed, Message, MessageReader
from pipes_projects.running.results.metadata import TYPES
from pipes_projects.running.results.reports import SEVERITIES
from pipes_projects.text.masking import SHORTEST, DataMasking, Write

GRACE = 5.0
"""Seconds between the signals that end a script, unless set otherwise."""
_SOON, _LATER = 0.01, 0.1
_ELSEWHERE = 10.0
"""Seconds that a driver has to end a script elsewhere, once that is to be killed."""


class Job(NamedTuple):
    """Everything that a run of a script needs."""

    command: Command
    told: Mapping[str, Any]
    """What the script finds in its Pipes context."""
    outputs: tuple[Write, Write]
    """What takes its stdout and stderr, in pieces, from other threads."""
    secrets: tuple[str, ...] = ()
    """Values that are masked in its output and its messages."""
    unmasked: tuple[str, ...] = ()
    """What its log says to have secrets that are too short for that."""
    timeout: float | None = None
    """Seconds after which it is ended."""
    grace: float = GRACE
    stop: Event | None = None
    """Set, by another thread, to have it ended."""
    errand: Errand | None = None
    """For the driver of a script that runs elsewhere."""


class Ended(NamedTuple):
    """The last item of a run: how the script ended, and the end of its stderr."""

    ending: Ending
    stderr: str


Heard = Message | Malformed | Lost
Happened = Heard | Ended


def run(job: Job) -> Iterator[Happened]:
    """Start a script; yield its messages as they come, and finally how it ended.

    However the caller leaves (by an exception here, or by closing this iterator), nothing of the
    script is left behind. Earlier messages are yielded even if an interrupt ends the script.

    Raises:
        CannotStartError: It could not be started; says why, and what to do.
    """
    with TemporaryDirectory(prefix="pipes-") as name:
        folder = Path(name)
        messages = _Told(folder) if job.errand else MessageReader(folder / "messages")
        with closing(messages):
            yield from _warnings(job)
            process = start(_with_pipes(job, folder), job.outputs, job.secrets, job.grace)
            reader = Reader(messages, masking_of(job))
            try:
                ending = yield from _until_it_ends(job, process, reader)
                drained(process)
                _heed_refusal(job, folder, ending)
                yield Ended(ending, _as_here(job, folder, process.stderr.tail.text))
            finally:
                process.close()


def _warnings(job: Job) -> Iterator[Message]:
    for what in job.unmasked:
        text = f"{what} is not masked, because it has fewer than {SHORTEST} characters"
        yield Message("log", {"level": "WARNING", "message": text})


def _heed_refusal(job: Job, folder: Path, ending: Ending) -> None:
    """Raises what a driver says about why the script could not be started."""
    refusal = folder / REFUSAL
    if job.errand is None or ending.timed_out or ending.cancelled or not refusal.exists():
        return
    mask, text = masking_of(job), refusal.read_text("utf-8", "replace")
    raise CannotStartError(mask.text(text) if mask else text)


def _as_here(job: Job, folder: Path, stderr: str) -> str:
    """With paths as they are on this machine."""
    place = folder / PLACE
    if job.errand is None or not place.exists():
        return stderr
    return stderr.replace(place.read_text("utf-8") + "/", job.errand.root + "/")


class _Told(MessageReader):
    """The messages of a script that runs elsewhere, after what its driver says of the run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "messages")
        self.metadata: Path | None = folder / METADATA

    def read(self) -> Iterator[Message | Malformed]:
        """See `MessageReader`."""
        if self.metadata is not None and self.metadata.exists():
            yield Message(OF_RUN, {"metadata": json.loads(self.metadata.read_text("utf-8"))})
            self.metadata = None
        yield from super().read()


class Reader:
    """Reads a script's messages, without its secrets."""

    def __init__(self, messages: MessageReader, mask: DataMasking | None) -> None:
        self.messages = messages
        self.mask = mask

    def read(self) -> Iterator[Heard]:
        """What was added since the last call."""
        return self._masked(self.messages.read())

    def finish(self) -> Iterator[Heard]:
        """What was added since the last call, including an unfinished last line; and whether there
        may have been more."""
        return self._masked(self.messages.finish())

    def _masked(self, messages: Iterator[Heard]) -> Iterator[Heard]:
        return (
            messages if self.mask is None else map(partial(_without_secrets, self.mask), messages)
        )


def _without_secrets(mask: DataMasking, message: Heard) -> Heard:
    if isinstance(message, Lost):
        return message
    if isinstance(message, Malformed):
        return message._replace(text=mask.beginning(message.text))
    params = message.params
    if isinstance(params, dict):  # the names are the protocol's
        return Message(message.method, {name: mask(value) for name, value in params.items()})
    return Message(message.method, mask(params))


def masking_of(job: Job) -> DataMasking | None:
    """What takes the secrets out of messages; None if there are none."""
    if not job.secrets:
        return None
    extras = job.told.get("extras") or {}
    names = [*(job.told.get("asset_keys") or ()), *(extras.get("partition_keys") or ())]
    names += [name for checks in (extras.get("selected_checks") or {}).values() for name in checks]
    return DataMasking(job.secrets, (*_WORDS, *names))


_WORDS = (
    *("raw_value", "type", "payload", "asset_key", "metadata", "data_version", "partition"),
    *("stdout", "stderr", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", *SEVERITIES, *TYPES),
)
"""Words of the protocol, without which no report could be understood."""


def _with_pipes(job: Job, folder: Path) -> Command:
    told, messages = folder / "context", folder / "messages"
    told.write_text(json.dumps(job.told), "utf-8")
    pipes = {
        DAGSTER_PIPES_CONTEXT_ENV_VAR: encode_param({"path": str(told)}),
        DAGSTER_PIPES_MESSAGES_ENV_VAR: encode_param(
            {"path": str(messages), "include_stdio_in_messages": False}
        ),
    }
    errand = job.errand.write(folder) if job.errand else {}
    return job.command._replace(
        env={**job.command.env, **pipes, **errand},
        scratch=str(folder),
        patience=_ELSEWHERE if job.errand else 0.0,
    )


def _until_it_ends(job: Job, process: Process, reader: Reader) -> Generator[Heard, None, Ending]:
    """Yields messages; returns the ending."""
    deadline = time.monotonic() + job.timeout if job.timeout is not None else float("inf")
    timed_out, is_stopped, pause = None, False, _SOON
    try:
        while (ending := process.wait(pause)) is None:
            pause = min(pause * 2, _LATER)
            for message in reader.read():
                pause = _SOON
                yield message
            if timed_out is None and time.monotonic() >= deadline:
                timed_out = job.timeout
                process.end()
            if not is_stopped and job.stop is not None and job.stop.is_set():
                is_stopped = True
                process.end()
    except GeneratorExit:
        raise
    except BaseException:
        _ended(process, 3 * job.grace + 1 + (_ELSEWHERE if job.errand else 0))
        yield from reader.finish()
        raise
    yield from reader.finish()
    return ending._replace(timed_out=timed_out, cancelled=is_stopped)


def _ended(process: Process, patience: float) -> None:
    """End it, whatever else happens; a second interrupt stops waiting."""
    process.end()
    with suppress(KeyboardInterrupt):
        process.wait(patience)
