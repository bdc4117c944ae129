"""Only one process at a time changes a branch's deployment, and none during a collection.

A lock is a chain of numbered records, of which the highest counts. To take, renew, steal or release
it is to put the record with the next number, which only one of many processes can do. No machine's
clock is compared with another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final, NamedTuple

from pydantic import ValidationError

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.clock import HostClock
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.ledger.held import Held, data_of
from pipes_projects.deploy.ledger.holders import is_dead, this_process
from pipes_projects.deploy.ledger.numbered import Numbered, NumberedDocument
from pipes_projects.deploy.storage.storage import Storage

LOCKS: Final = "locks"
COLLECTING: Final = "_gc"
"""The lock that a collection takes; no slug begins like this."""


class Patience(NamedTuple):
    """How long to wait, in seconds."""

    lease: float = 60
    """How long a silent holder keeps its lock."""
    beat: float = 10
    """How often a holder reports that it is alive."""
    wait: float = 900
    """How long to wait for a holder that is alive."""
    look: float = 0.5
    """How often to look whether the lock is free."""


Told = Callable[[LockRecord | None], None]
"""Called when a wait begins, with the holder's record; None if that cannot be read."""


@contextmanager
def lock(
    storage: Storage,
    slug: str,
    doing: str,
    clock: HostClock | None = None,
    patience: Patience | None = None,
    told: Told | None = None,
    branch: str = "",
) -> Iterator[Held]:
    """Hold a branch's deployment, to change it; raises `DeployError` if others hold it too long."""
    waiting = _Waiting(clock or HostClock(), patience or Patience(), told)
    flag = _chain(storage, COLLECTING)
    while True:
        held = _taken(_chain(storage, slug), doing, waiting, branch)
        with held.beating():
            found = flag.highest()
            if _is_free(flag, found, waiting, breaking=False):
                held.generation = _generation(found)
                yield held
                return
        _wait_until_free(flag, waiting)


@contextmanager
def collecting(
    storage: Storage,
    clock: HostClock | None = None,
    patience: Patience | None = None,
    told: Told | None = None,
) -> Iterator[Held]:
    """Hold all deployments of a storage: raise a flag, and wait for those who are changing one."""
    waiting = _Waiting(clock or HostClock(), patience or Patience(), told)
    with _taken(_chain(storage, COLLECTING), "gc", waiting).beating() as held:
        for entry in storage.entries(LOCKS):
            if entry.name != COLLECTING:
                _wait_until_free(_chain(storage, entry.name), waiting)
        yield held


def holder(storage: Storage, slug: str) -> LockRecord | None:
    """Who holds a branch's deployment, alive or not; None if nobody does."""
    found = _chain(storage, slug).highest()
    record = _record(found) if found else None
    return None if record is None or record.released else record


def is_unreadable(storage: Storage, slug: str) -> bool:
    """Whether a lock's record was edited, or written by a newer version: somebody may hold it."""
    found = _chain(storage, slug).highest()
    return found is not None and _record(found) is None


class Lock(NamedTuple):
    """The lock of a branch's deployment that nobody holds."""

    slug: str
    branch: str
    """Empty if that is unknown."""
    in_doubt: bool
    """Whether somebody who lost it may still be at work, and about to put a version."""


def free_locks(storage: Storage) -> Iterator[Lock]:
    """All that nobody holds; for use during a collection, which waits for those who do."""
    for entry in storage.entries(LOCKS):
        found = _chain(storage, entry.name).highest() if entry.name != COLLECTING else None
        if found is not None:
            record = _record(found)
            if record is None or record.released:
                yield Lock(entry.name, record.branch if record else "", _is_in_doubt(found))


def clear_doubt(storage: Storage, slug: str) -> None:
    """Note that whoever lost a free lock can put no version any more."""
    chain = _chain(storage, slug)
    found = chain.highest()
    if found is not None and (record := _record(found)) and record.released:
        _release(chain, found, in_doubt=False)


def remove_lock(storage: Storage, slug: str) -> None:
    """Remove all records of a free lock."""
    storage.remove(f"{LOCKS}/{slug}")


def break_lock(storage: Storage, slug: str) -> bool:
    """Take a lock from its holder, who finds out before changing anything more. Returns whether
    there was one to break, and nobody else changed it at the same moment."""
    chain = _chain(storage, slug)
    found = chain.highest()
    if found is None or ((record := _record(found)) and record.released):
        return False
    return _break(chain, found)


class _Waiting:
    """What a process is waiting for, and since when by its own clock."""

    def __init__(self, clock: HostClock, patience: Patience, told: Told | None) -> None:
        self.clock = clock
        self.patience = patience
        self.until = clock.monotonic() + patience.wait
        self._told = told
        self._seen: dict[tuple[str, int], float] = {}
        self._said: set[str] = set()

    def is_silent(self, folder: str, number: int) -> bool:
        """Whether a chain has stayed at a number for the length of a lease."""
        now = self.clock.monotonic()
        return now - self._seen.setdefault((folder, number), now) >= self.patience.lease

    def a_moment(self, chain: Numbered, record: LockRecord | None) -> None:
        """Sleep a little; raises `DeployError` if there is no patience left."""
        if self._told and chain.folder not in self._said:
            self._told(record)
        self._said.add(chain.folder)
        if self.clock.monotonic() >= self.until:
            raise _held_by(chain, record)
        self.clock.sleep(self.patience.look)


def _chain(storage: Storage, name: str) -> Numbered:
    return Numbered(storage, f"{LOCKS}/{name}")


def _taken(chain: Numbered, doing: str, waiting: _Waiting, branch: str = "") -> Held:
    while True:
        found = chain.highest()
        if not _is_held(chain, found, waiting):
            number, in_doubt = (found.number + 1, _is_in_doubt(found)) if found else (1, False)
            record = _fresh(
                number, doing, waiting.clock.now(), branch, in_doubt, _generation(found)
            )
            if chain.claim(record.number, data_of(record)):
                return Held(chain, record, waiting.patience.beat)
            continue
        waiting.a_moment(chain, _record(found) if found else None)


def _wait_until_free(chain: Numbered, waiting: _Waiting) -> None:
    while not _is_free(chain, found := chain.highest(), waiting, breaking=True):
        waiting.a_moment(chain, _record(found) if found else None)


def _is_free(
    chain: Numbered, found: NumberedDocument | None, waiting: _Waiting, breaking: bool
) -> bool:
    """Whether nobody holds a lock; a silent holder's is broken, in case it comes back."""
    if found is None or ((record := _record(found)) and record.released):
        return True
    return breaking and not _is_held(chain, found, waiting) and _break(chain, found)


def _is_held(chain: Numbered, found: NumberedDocument | None, waiting: _Waiting) -> bool:
    """Whether a lock is held by a process that may be alive."""
    if found is None:
        return False
    record = _record(found)
    if record and (record.released or is_dead(record)):
        return False
    return not waiting.is_silent(chain.folder, found.number)


def _is_in_doubt(found: NumberedDocument) -> bool:
    """Whether the holder of a record, or one before, may still be at work though it lost it."""
    record = _record(found)
    if record is None:
        return True
    return record.in_doubt or not (record.released or is_dead(record))


def _generation(found: NumberedDocument | None) -> int:
    """Of what is put after a record: its number, if its holder may still be at work."""
    if found is None:
        return 0
    record = _record(found)
    is_over = record is not None and (record.released or bool(is_dead(record)))
    return record.generation if record and is_over else found.number


def _break(chain: Numbered, found: NumberedDocument) -> bool:
    return _release(chain, found, _is_in_doubt(found))


def _release(chain: Numbered, found: NumberedDocument, in_doubt: bool) -> bool:
    before, now = _record(found), datetime.now(UTC)
    branch = before.branch if before else ""
    record = _fresh(
        found.number + 1, "unlock", now, branch, in_doubt, _generation(found), released=True
    )
    if not chain.put(record.number, data_of(record)):
        return False
    chain.sweep(record.number)
    return True


def _fresh(
    number: int,
    doing: str,
    now: datetime,
    branch: str,
    in_doubt: bool,
    generation: int,
    released: bool = False,
) -> LockRecord:
    return LockRecord(
        number=number,
        **this_process()._asdict(),
        since=now.isoformat(timespec="seconds"),
        doing=doing,
        branch=branch,
        released=released,
        in_doubt=in_doubt,
        generation=generation,
        token=token_hex(8),
    )


def _record(found: NumberedDocument) -> LockRecord | None:
    """None for a record that was edited, or written by a newer version: only its renewals show
    that its holder is alive."""
    try:
        return LockRecord.model_validate_json(found.data)
    except ValidationError:
        return None


def _held_by(chain: Numbered, record: LockRecord | None) -> DeployError:
    where = f"`{chain.folder}` in `{chain.storage.shown}`"
    if record is None:
        return DeployError(f"{where} is held by somebody who is still at work", "try again later")
    return DeployError(
        f"`{record.user}` on `{record.host}` (process {record.pid}) has held {where} since "
        f"{record.since}, for `{record.doing}`",
        "wait until it ends, or end that process: a lock whose holder is silent is free after a "
        "minute by itself",
    )
