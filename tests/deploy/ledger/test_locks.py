"""A lock is held by one who lives, and by nobody else for longer than a lease."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger import holders
from pipes_projects.deploy.ledger.clock import HostClock
from pipes_projects.deploy.ledger.document import LockRecord
from pipes_projects.deploy.ledger.locks import (
    Lock,
    Patience,
    break_lock,
    clear_doubt,
    collecting,
    free_locks,
    holder,
    lock,
)
from pipes_projects.deploy.storage.storage import Storage
from tests.support.deployments.deploying import (
    HASTY,
    PATIENT,
    REFUSED,
    collect,
    ship,
    start,
    versions,
)
from tests.support.deployments.ends import finished, stopped
from tests.support.servers.storages import Where

NOW = Patience(wait=0)
QUIET = Patience(lease=60, beat=3600, wait=1000, look=1)


class FastClock(HostClock):
    """Time passes only while somebody waits; people's clocks are an hour off."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        """See `HostClock`."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """See `HostClock`."""
        self.seconds += seconds

    def now(self) -> datetime:
        """See `HostClock`."""
        return datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def storage(folder: Path) -> Storage:
    return Where(str(folder)).open()


def held_by(storage: Storage, **changed: Any) -> LockRecord:
    """A lock of somebody on another machine, as far as nothing else is said."""
    found = holders.this_process()._asdict()
    theirs = {"number": 7, "since": "2026-11-28T10:00:00+00:00", "doing": "up", "token": "t",
            "machine": "another", "host": "elsewhere", "user": "ann"}  # fmt: skip
    record = LockRecord(**found | theirs | changed)
    storage.create(f"locks/main/{record.number:06}.json", record.model_dump_json().encode())
    return record


def test_whoever_holds_a_lock_is_known(storage: Storage) -> None:
    assert holder(storage, "main") is None
    with lock(storage, "main", "up"):
        found = holder(storage, "main")
        assert found
        assert (found.pid, found.doing, found.released) == (os.getpid(), "up", False)
        assert holders.is_dead(found) is False
        assert holder(storage, "other") is None
    assert holder(storage, "main") is None


def test_it_is_in_doubt_whether_a_silent_holder_is_still_at_work(storage: Storage) -> None:
    held_by(storage, branch="main")
    with lock(storage, "main", "up", FastClock(), QUIET):
        pass
    with lock(storage, "main", "down", patience=NOW) as held:
        assert held.record.in_doubt
    assert list(free_locks(storage)) == [Lock("main", "", True)]
    with lock(storage, "main", "up", patience=NOW, branch="main") as held:
        held.forestalled()
        held.check()
    assert list(free_locks(storage)) == [Lock("main", "main", False)]


def test_a_collection_that_breaks_a_silent_lock_knows_of_the_doubt(storage: Storage) -> None:
    held_by(storage, branch="main")
    with collecting(storage, FastClock(), QUIET):
        assert list(free_locks(storage)) == [Lock("main", "main", True)]
        clear_doubt(storage, "main")
        assert list(free_locks(storage)) == [Lock("main", "main", False)]


def test_a_holder_that_has_ended_leaves_no_doubt(storage: Storage) -> None:
    held_by(storage, machine=holders.this_process().machine, started=1.0)
    with lock(storage, "main", "up", patience=NOW) as held:
        assert not held.record.in_doubt


def test_a_lock_leaves_one_small_file(storage: Storage) -> None:
    for _ in range(5):
        with lock(storage, "main", "up") as held:
            held.check()
    assert len(storage.entries("locks/main")) == 1


def test_what_gives_a_lock_back_stays_where_somebody_takes_it_at_once(storage: Any) -> None:
    create, others = storage.create, ExitStack()

    def taken_at_once(path: str, data: bytes) -> bool:
        created: bool = create(path, data)
        if b'"released": true' in data:
            storage.create = create
            others.enter_context(lock(storage, "main", "up", patience=NOW))
        return created

    with others:
        with lock(storage, "main", "up"):
            storage.create = taken_at_once
        names = [entry.name for entry in storage.entries("locks/main")]
        assert names == ["000002.json", "000003.json"]
        assert holder(storage, "main")
    assert holder(storage, "main") is None


def test_another_branch_is_not_kept_waiting(storage: Storage) -> None:
    with lock(storage, "main", "up"), lock(storage, "feature", "up", patience=NOW):
        pass


def test_who_is_waited_for_is_told_once_and_where_there_is_no_patience_refused(
    storage: Storage,
) -> None:
    clock, told = FastClock(), []
    record = held_by(storage)
    patience = Patience(lease=60, wait=30, look=1)
    with (
        pytest.raises(
            DeployError, match=r"`ann` on `elsewhere` .* has held `locks/main`"
        ) as refused,
        lock(storage, "main", "up", clock, patience, told.append),
    ):
        pass
    assert told == [record]
    assert 30 <= clock.seconds < 33
    assert "by itself" in str(refused.value.help)
    assert holder(storage, "main") == record


def test_what_raises_gives_the_lock_back(storage: Storage) -> None:
    with pytest.raises(KeyboardInterrupt), lock(storage, "main", "up"):
        raise KeyboardInterrupt
    with lock(storage, "main", "up", patience=NOW):
        pass


def test_a_silent_holder_elsewhere_is_waited_for_one_lease_by_our_own_clock(
    storage: Storage,
) -> None:
    clock = FastClock()
    held_by(storage, since="2999-01-01T00:00:00+00:00")
    with lock(storage, "main", "up", clock, QUIET):
        assert 60 <= clock.seconds < 63


def test_a_holder_elsewhere_who_goes_on_is_waited_for(storage: Storage) -> None:
    held_by(storage)

    class Beating(FastClock):
        """Somebody elsewhere says now and then that it lives, and then no more."""

        def sleep(self, seconds: float) -> None:
            """See `HostClock`."""
            super().sleep(seconds)
            if self.seconds % 50 == 0 and self.seconds <= 200:
                held_by(storage, number=7 + int(self.seconds) // 50)

    clock = Beating()
    with lock(storage, "main", "up", clock, QUIET):
        assert 260 <= clock.seconds < 263


DEAD = {
    "its process is gone": {"pid": 2**22 + 1},
    "another process has its number": {"started": 1.0},
}


@pytest.mark.parametrize("why", DEAD)
def test_of_a_dead_holder_here_the_lock_is_taken_at_once(storage: Storage, why: str) -> None:
    here = holders.this_process()
    held_by(storage, **{"machine": here.machine, "host": here.host, **DEAD[why]})
    clock = FastClock()
    with lock(storage, "main", "up", clock, QUIET):
        assert clock.seconds == 0


def test_a_process_that_nobody_has_waited_for_yet_is_dead(storage: Storage) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, holders.this_process().machine.encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.read(reader, 100)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    record = held_by(storage, pid=child, machine=holders.this_process().machine)
    assert holders.is_dead(record)
    os.waitpid(child, 0)


def test_a_process_of_another_machine_may_live(storage: Storage) -> None:
    assert holders.is_dead(held_by(storage, pid=2**22 + 1)) is None


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2, "number": 7}', "\x00"])
def test_a_record_that_cannot_be_read_holds_for_one_lease(storage: Storage, text: str) -> None:
    storage.create("locks/main/000007.json", text.encode())
    clock, told = FastClock(), []
    with lock(storage, "main", "up", clock, QUIET, told.append):
        assert 60 <= clock.seconds < 63
    assert told == [None]


def test_a_holder_whose_lock_was_broken_is_told_before_it_changes_anything(
    storage: Storage,
) -> None:
    with lock(storage, "main", "up", patience=QUIET) as held:
        held.check()
        assert break_lock(storage, "main")
        for _ in range(2):
            with pytest.raises(DeployError, match="somebody else took `locks/main`"):
                held.check()
        with lock(storage, "main", "up", patience=NOW) as other:
            other.check()
    assert holder(storage, "main") is None


def test_there_may_be_no_lock_to_break(storage: Storage) -> None:
    assert not break_lock(storage, "main")
    with lock(storage, "main", "up"):
        pass
    assert not break_lock(storage, "main")


def test_a_holder_says_that_it_lives_while_it_works(storage: Storage) -> None:
    with lock(storage, "main", "up", patience=Patience(beat=0.01)):
        while (found := holder(storage, "main")) is None or found.beat < 5:
            pass


@contextmanager
def unreachable(storage: Any) -> Iterator[None]:
    """For a while, the storage refuses to put anything."""
    create = storage.create

    def refuse(path: str, data: bytes) -> bool:
        create(path, data)
        raise DeployError("the answer was lost")

    storage.create = refuse
    yield
    del storage.create


def test_a_holder_outlives_a_storage_that_is_gone_for_a_moment(storage: Storage) -> None:
    with lock(storage, "main", "up", patience=QUIET) as held:
        with unreachable(storage), pytest.raises(DeployError, match="the answer was lost"):
            held.check()
        held.check()


def test_the_flag_keeps_everybody_waiting_and_waits_for_everybody(storage: Storage) -> None:
    order: list[str] = []
    with lock(storage, "main", "up"):
        ended = threading.Event()

        def work() -> None:
            with collecting(storage, patience=PATIENT):
                order.append("collected")
            ended.set()

        threading.Thread(target=work, daemon=True).start()
        while holder(storage, "_gc") is None:
            pass
        with (
            pytest.raises(DeployError, match=r"has held `locks/_gc` .* for `gc`"),
            lock(storage, "feature", "up", patience=NOW),
        ):
            pass
        assert holder(storage, "feature") is None
        order.append("deployed")
    assert ended.wait(30)
    assert order == ["deployed", "collected"]
    with lock(storage, "feature", "up", patience=NOW):
        pass


@pytest.mark.parametrize("work", [ship, collect])
def test_a_killed_collector_keeps_nobody_waiting(where: Where, work: Any) -> None:
    process = start(collect, where, PATIENT, (1, signal.SIGKILL))
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    finished(start(work, where, PATIENT))


def test_a_collector_that_stood_still_removes_nothing(where: Where) -> None:
    where.open().create_all([("store/1/a.py", b""), ("store/2/a.py", b"")])
    process = start(collect, where, HASTY, (2, signal.SIGSTOP))
    assert stopped(process)
    finished(start(ship, where, HASTY))
    where.open().create("store/3/a.py", b"")
    os.kill(process.pid or 0, signal.SIGCONT)
    process.join(30)
    assert process.exitcode == REFUSED
    assert {"1", "2", "3"} < {entry.name for entry in where.open().entries("store")}
    assert len(versions(where.open()).all()) == 1


def test_a_record_is_for_people_too(storage: Storage) -> None:
    with lock(storage, "main", "up"):
        (entry,) = storage.entries("locks/main")
        text = (storage.read(f"locks/main/{entry.name}") or b"").decode()
    assert text.count("\n") > 10
    assert json.loads(text)["doing"] == "up"
