"""A job, from when it is submitted until it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from pipes_projects.kinds.drivers.ended import ScriptEnd
from pipes_projects.kinds.drivers.ending import Signals, write
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.message_file import say_lost
from pipes_projects.kinds.drivers.parcel import Parcel
from pipes_projects.kinds.slurm.queue import Queue, State
from pipes_projects.kinds.slurm.submit_hosts import ShrunkError, SubmitHost

_SOON, _LATER = 0.05, 0.5
"""Seconds between two looks at the job's files."""
_SELDOM: Final = 10.0
"""Seconds between two questions to the controller, of which it gets many."""
_BEAT: Final = 5.0
_ENDING: Final = 30.0
_LATE: Final = 2.0
_KILLED: Final = 137
_OWN_ENDS: Final = {"COMPLETED": 0, "FAILED": 1}
"""What Slurm says if a script has ended by itself, and its exit code."""
_SENTENCES: Final = {
    "TIMEOUT": "Slurm ended the job at its time limit: raise `time`",
    "OUT_OF_MEMORY": "the job ran out of memory: raise `mem`",
    "NODE_FAIL": "a node of the job failed: try again, perhaps with a `retry_policy`",
    "PREEMPTED": "Slurm ended the job for one that goes first: try again, or name another `qos`",
    "CANCELLED": "the job was cancelled in Slurm",
    "DEADLINE": "Slurm ended the job at its deadline",
    "": "Slurm does not know the job any more",
}


class Watch:
    """What becomes of a job."""

    def __init__(
        self, host: SubmitHost, queue: Queue, job: str, errand: Received, parcel: Parcel
    ) -> None:
        self.host, self.queue, self.job = host, queue, job
        self.errand, self.parcel = errand, parcel
        self.state = State("PENDING")
        self.said = ""
        self.asked_at = self.beat_at = 0.0
        self.began = time.monotonic()
        self.is_signalled = self.has_ended = False
        self.messages = _Growing(host, parcel.messages, self._take_messages)
        self.files = [
            _Growing(host, f"{parcel.folder}/out", lambda data: write(1, data)),
            _Growing(host, f"{parcel.folder}/err", lambda data: write(2, data)),
            self.messages,
        ]

    def _take_messages(self, data: bytes) -> None:
        with self.errand.messages.open("ab") as file:
            file.write(data)

    def to_its_end(self, signals: Signals, start_within: float | None) -> int:
        """Pass on what it says, and signals; returns its exit code."""
        pause = _SOON
        while True:
            ended = self._ended()
            news = self._carry()
            if ended is not None:
                self.has_ended = True
                self._refuse_if_told()
                return self._code(ended)
            if self.state.is_over:
                return self._lost()
            self._beat()
            self._ask()
            self._refuse_to_wait(start_within)
            name = signals.take()
            if name is not None:
                self._send(name)
            pause = _SOON if news or name or self.is_signalled else min(pause * 1.3, _LATER)
            time.sleep(pause)

    def _refuse_if_told(self) -> None:
        with suppress(FileNotFoundError):
            why = self.host.read(f"{self.parcel.folder}/refusal", 0)
            self.errand.refuse(f"the node {why.decode('utf-8', 'replace').strip()}")

    def _carry(self) -> bool:
        return any([file.carry() for file in self.files])  # noqa: C419 - each of them

    def _ended(self) -> ScriptEnd | None:
        with suppress(FileNotFoundError):
            return ScriptEnd.of(self.host.read(f"{self.parcel.folder}/ended", 0))
        return None

    def _code(self, ended: ScriptEnd) -> int:
        """Its exit code, once all that it said is here."""
        until = time.monotonic() + _LATE
        while self.messages.offset < ended.length and not ended.loss and time.monotonic() < until:
            time.sleep(_SOON)
            self._carry()
        ended.tell(self.errand, self.messages.offset, self.messages.is_cut)
        return ended.code

    def _beat(self) -> None:
        """Tell the job that somebody waits for it."""
        if time.monotonic() - self.beat_at >= _BEAT:
            self.beat_at = time.monotonic()
            with suppress(FileNotFoundError):  # a script may have removed it
                self.host.write(f"{self.parcel.folder}/driver", f"{self.beat_at}\n")

    def _ask(self) -> None:
        """Ask the controller, ever less often."""
        now = time.monotonic()
        if now - self.asked_at < min(_SELDOM, 0.5 + (now - self.began) / 10):
            return
        state = self.queue.state(self.job)
        self.asked_at = time.monotonic()
        if state is None:
            self._say("the Slurm controller does not answer; the job goes on if it can")
        else:
            self.state = state
            if state.is_pending and state.reason not in ("", "None"):
                self._say(f"Slurm job {self.job} is pending: {state.reason}")

    def _say(self, line: str) -> None:
        if line != self.said:
            write(2, f"{line}\n".encode())
        self.said = line

    def _refuse_to_wait(self, start_within: float | None) -> None:
        if not self.state.is_pending or self.is_signalled:
            return
        job, why = f"Slurm job {self.job}", self.state.reason
        if self.state.is_hopeless:
            self.queue.cancel(self.job)
            self.errand.refuse(f"{job} could never start, and was cancelled: {why}")
        if start_within is not None and time.monotonic() - self.began > start_within:
            self.queue.cancel(self.job)
            self.errand.refuse(f"{job} did not start within {start_within:g} seconds: {why}")

    def _send(self, name: str) -> None:
        self.is_signalled = True
        if self.state.is_pending:
            self.queue.cancel(self.job)
        self.queue.send(self.job, "URG" if name == "SIGKILL" else name.removeprefix("SIG"))
        if name == "SIGKILL":
            self.queue.cancel(self.job)

    def _lost(self) -> int:
        """The job is over, and its script has not said how it ended."""
        ended = self._late_end()
        if ended is not None:
            return self._code(ended)
        name = self.state.name
        if self.is_signalled:
            return _KILLED
        if name in _OWN_ENDS and self._is_gone():
            say_lost(self.errand.messages, "removed")
            return _OWN_ENDS[name]
        if name not in _SENTENCES and self._is_unopened():
            help_ = "name one that they see in `folder`"
            where = f"nodes must see the folder `{self.parcel.folder}`: {help_}"
            self.errand.refuse(f"Slurm job {self.job} ended as {name} before it began; {where}")
        why = _SENTENCES.get(name, f"Slurm ended the job as {name}")
        write(2, f"{why}\n".encode())
        return _KILLED

    def _late_end(self) -> ScriptEnd | None:
        """Network file systems are sometimes late."""
        until = time.monotonic() + _LATE
        while (ended := self._ended()) is None and time.monotonic() < until:
            time.sleep(_SOON)
        self._carry()
        return ended

    def _is_unopened(self) -> bool:
        """Whether the script has not begun: it would have removed the file that it comes from."""
        with suppress(FileNotFoundError):
            return bool(self.host.read(f"{self.parcel.folder}/start", 0))
        return False

    def _is_gone(self) -> bool:
        """Whether the script has removed the folder of its run, with its exit code."""
        with suppress(FileNotFoundError):
            self.host.read(f"{self.parcel.folder}/tree.sh", 0)
            return False
        return True

    def end(self) -> None:
        """Have nothing of it left, on any node."""
        if self.has_ended and not self.is_signalled:
            return
        until = time.monotonic() + _ENDING
        self.queue.cancel(self.job)
        while not self.state.is_over and time.monotonic() < until:
            time.sleep(_SOON)
            self.state = self.queue.state(self.job) or self.state


class _Growing:
    """A file that the node writes, and what takes what is new in it."""

    def __init__(self, host: SubmitHost, path: str, take: Callable[[bytes], Any]) -> None:
        self.host, self.path, self.take = host, path, take
        self.offset, self.is_cut = 0, False

    def carry(self) -> bool:
        """Take what is new; whether there was anything."""
        data = b""
        try:
            with suppress(FileNotFoundError):
                data = self.host.read(self.path, self.offset)
        except ShrunkError:
            self.is_cut = True
        if data:
            self.take(data)
            self.offset += len(data)
        return bool(data)
