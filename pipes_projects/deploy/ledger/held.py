"""A lock that this process holds and renews, until it releases it or somebody takes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.ledger.numbered import Numbered


class Held:
    """A chain whose highest record is ours, as far as we know."""

    def __init__(self, chain: Numbered, record: LockRecord, beat: float) -> None:
        self.record = record
        self._chain = chain
        self._beat = beat
        self._is_lost = False
        self.generation = 0
        """What the names of bundles that are put now end with, above 0: see `LockRecord`."""
        self._one_at_a_time = Lock()

    def check(self) -> None:
        """Raises `DeployError` if it is no longer ours: to be called before any change that others
        can see."""
        with self._one_at_a_time:
            self._say()
            if self._is_lost:
                raise _lost(self._chain)

    def forestalled(self) -> None:
        """Note that whoever lost the lock before can put no version any more: we have put it."""
        with self._one_at_a_time:
            self.record = self.record.model_copy(update={"in_doubt": False})

    @contextmanager
    def beating(self) -> Iterator[Held]:
        """Report that we are alive until the end of the block, which releases the lock."""
        ended = Event()
        thread = Thread(target=self._go_on, args=(ended,), name="lock of deployment", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            with self._one_at_a_time, suppress(DeployError):  # others will notice its silence
                self._give_back()

    def _go_on(self, ended: Event) -> None:
        while not ended.wait(self._beat):
            with self._one_at_a_time:
                if ended.is_set() or self._is_lost:
                    return
                with suppress(DeployError):  # a storage may be away for a moment
                    self._say()

    def _say(self) -> None:
        """Put the next record; if somebody else has put one there, they have taken the lock."""
        if self._is_lost:
            return
        record = self._next(released=False)
        if self._chain.claim(record.number, data_of(record)):
            self.record = record
        else:
            self._is_lost = True

    def _give_back(self) -> None:
        if not self._is_lost:
            record = self._next(released=True)
            self._chain.put(record.number, data_of(record))
            self._chain.sweep(record.number)

    def _next(self, released: bool) -> LockRecord:
        number, beat = self.record.number + 1, self.record.beat + 1
        changed = {"number": number, "beat": beat, "released": released}
        return self.record.model_copy(update=changed)


def data_of(record: LockRecord) -> bytes:
    """The record as text that people can read too."""
    return record.model_dump_json(indent=2).encode() + b"\n"


def _lost(chain: Numbered) -> DeployError:
    return DeployError(
        f"somebody else took `{chain.folder}` in `{chain.storage.shown}`: nothing was heard of "
        "this process for too long, or the lock was broken",
        "deploy again: what was there before is whole",
    )
