"""A storage that overwrites is refused, before anything lies there that could be lost."""

import time
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.places.probe import MARKER, probe
from pipes_projects.deploy.storage.places.servers.remote import RemoteStorage
from tests.support.servers.storages import Storages


def of_s3(storages: Storages) -> Any:
    storage = storages.fresh("s3").open()
    assert isinstance(storage, RemoteStorage)
    return storage


def test_a_storage_that_overwrites_is_refused(
    storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = of_s3(storages)
    put = storage._files.pipe_file

    def overwrite(path: str, data: bytes, mode: str, timeout: float) -> None:
        assert (mode, timeout > 0) == ("create", True)
        put(path, data)

    monkeypatch.setattr(storage._files, "pipe_file", overwrite)
    for use in (
        lambda: storage.create("a/b", b""),
        lambda: storage.create_all([("a/b", b"")]),
    ):
        with pytest.raises(DeployError, match="overwrites files that it was asked to keep"):
            use()
    assert storage.entries("") == []


def test_a_storage_is_probed_once(storages: Storages) -> None:
    where = storages.fresh("sftp")
    where.open().create("a", b"")
    put: list[str] = []
    probe(where.open(), lambda path, _: bool(put.append(path)), is_known=False)
    assert put == []
    assert where.open().read(MARKER)


def test_reading_puts_nothing(storages: Storages) -> None:
    storage = of_s3(storages)
    storage.read("a")
    assert storage.entries("") == []


class LooksFirst(MemoryFileSystem):
    """Refuses what it sees is there, as some do, and then writes."""

    protocol = "looksfirst"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        """See fsspec."""
        if mode == "create" and self.exists(path):
            raise FileExistsError(path)
        time.sleep(0.01)
        super().pipe_file(path, value)


def test_a_storage_that_only_looks_first_is_refused(tmp_path: Path) -> None:
    fsspec.register_implementation("looksfirst", LooksFirst, clobber=True)
    storage = open_storage("looksfirst://dev", tmp_path)
    with pytest.raises(DeployError, match="overwrites files that it was asked to keep"):
        storage.create("a", b"")
    assert storage.entries("") == []


class OneAtATime(LooksFirst):
    """As it should be."""

    protocol = "oneatatime"
    alone: ClassVar[Lock] = Lock()

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:
        """See fsspec."""
        with self.alone:
            super().pipe_file(path, value, mode)


def test_a_storage_that_nobody_knows_may_do_it_right(tmp_path: Path) -> None:
    fsspec.register_implementation("oneatatime", OneAtATime, clobber=True)
    storage = open_storage("oneatatime://dev", tmp_path)
    assert storage.create("a", b"1")
    assert not storage.create("a", b"2")
    assert storage.read("a") == b"1"
