"""What a deployment does to a storage, in processes that may be ended or stopped at any moment."""

import fcntl
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.locks import Patience, collecting, lock
from pipes_projects.deploy.ledger.numbered import Numbered, NumberedDocument
from pipes_projects.deploy.storage.storage import Storage
from tests.support.servers.storages import Where

PROCESSES = get_context("forkserver")
PRELOADED = ("tests.support.deployments.deploying", "s3fs", "paramiko")
PROCESSES.set_forkserver_preload([*PRELOADED])
PATIENT = Patience(lease=30, beat=0.3, wait=600, look=0.02)
HASTY = Patience(lease=1, beat=0.2, wait=600, look=0.02)
SLUG, FILES = "feature-x", 4
REFUSED = 3
"""How a process ends to which a `DeployError` was told."""


class Watched:
    """A storage that sends this process a signal after a write."""

    def __init__(self, storage: Storage, after: int, number: signal.Signals) -> None:
        self.storage, self.left, self.signal = storage, after, number

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)

    def create(self, path: str, data: bytes) -> bool:
        """Counted."""
        return self._counted(self.storage.create(path, data))

    def remove(self, path: str) -> None:
        """Counted."""
        self._counted(self.storage.remove(path))

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """Each is counted."""
        for done, file in enumerate(files, start=1):
            self._counted(self.storage.create_all([file]))
            if progress:
                progress(done)

    def _counted(self, result: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.signal)
        return result


def start(work: Callable[..., None], *args: Any) -> ForkServerProcess:
    """A process of its own."""
    process = PROCESSES.Process(target=_run, args=(work, *args), daemon=True)
    process.start()
    return process


def _run(work: Callable[..., None], *args: Any) -> None:
    try:
        work(*args)
    except DeployError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(REFUSED)


def ship(where: Where, patience: Patience, alone: Path | None = None, watched: Any = None) -> None:
    """One version more, with files of its own; `alone` finds two who are at it at once."""
    storage = Watched(where.open(), *watched) if watched else where.open()
    with lock(storage, SLUG, "up", patience=patience) as held, _alone(alone):
        number = (versions(storage).numbers() or [0])[-1] + 1
        folder = f"store/{uuid4().hex[:16]}"
        files = {f"{folder}/a{index}.py": uuid4().bytes * 500 for index in range(FILES)}
        storage.create_all(files.items())
        storage.settle()
        held.check()
        hashes = {path: sha256(data).hexdigest() for path, data in files.items()}
        if not versions(storage).put(number, json.dumps([number, hashes]).encode()):
            raise DeployError("somebody else has shipped meanwhile")


def ship_often(where: Where, patience: Patience, alone: Path, times: int) -> None:
    """Versions, one after another."""
    for _ in range(times):
        ship(where, patience, alone)


def collect(where: Where, patience: Patience, watched: Any = None) -> None:
    """Remove what no version has, as long as nobody changes any."""
    storage = Watched(where.open(), *watched) if watched else where.open()
    with collecting(storage, patience=patience) as held:
        used = {path for document in versions(storage).all() for path in files_of(document)}
        for entry in storage.entries("store"):
            if not any(path.startswith(f"store/{entry.name}/") for path in used):
                held.check()
                storage.remove(f"store/{entry.name}")


def putting_at_once(
    where: Where, ready: Any, won: Any, rounds: int, length: int, sign: int
) -> None:
    """Several put a file of each round at once, each its own content, and read what is there."""
    storage = where.open()
    storage.entries("rounds")
    for round_ in range(rounds):
        mine, path = bytes([sign]) * length, f"rounds/{round_:04}"
        ready.wait(60)
        is_mine = storage.create(path, mine)
        found = storage.read(path)
        assert found is not None
        assert len(found) == length
        assert len(set(found)) == 1
        assert (found == mine) == is_mine
        if is_mine:
            won.put(round_)


def read_for_ever(where: Where) -> None:
    """Ends only where a version is not whole."""
    storage = where.open()
    while True:
        if found := versions(storage).highest():
            refuse_torn(storage, found)


def versions(storage: Storage) -> Numbered:
    """Of the one branch."""
    return Numbered(storage, f"deployments/{SLUG}")


def files_of(document: NumberedDocument) -> dict[str, str]:
    """The hashes of a version's files, by path."""
    number, hashes = json.loads(document.data)
    assert number == document.number
    return dict(hashes)


def refuse_torn(storage: Storage, document: NumberedDocument) -> None:
    """Every file of a version is there, whole."""
    for path, digest in files_of(document).items():
        data = storage.read(path)
        assert data is not None, path
        assert sha256(data).hexdigest() == digest, path


def refuse_any_torn(where: Where, known: set[int] | None = None) -> int:
    """How many versions there are, all of them whole, and one after another; those that are known
    to be whole are only counted, and this adds the others to them."""
    numbered = versions(where.open())
    numbers = numbered.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
    for number in set(numbers).difference(known or ()):
        document = numbered.read(number)
        assert document is not None, number
        refuse_torn(numbered.storage, document)
    if known is not None:
        known.update(numbers)
    return len(numbers)


@contextmanager
def _alone(witness: Path | None) -> Iterator[None]:
    """Ends with a mark beside the witness where somebody else is at it."""
    if witness is None:
        yield
        return
    with open(witness, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            witness.with_suffix(".two").touch()
        yield


@contextmanager
def reading(where: Where) -> Iterator[None]:
    """Somebody reads all the time, and sees only what is whole."""
    reader = start(read_for_ever, where)
    try:
        yield
    finally:
        seen = reader.exitcode
        reader.kill()
        reader.join()
        assert seen is None, "a reader saw what is not whole"
