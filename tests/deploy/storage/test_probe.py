"""A storage that overwrites is refused, before anything lies there that could be lost."""

from typing import Any

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.probe import MARKER, probe
from pipes_projects.deploy.storage.remote import RemoteStorage
from tests.support.storages import Storages


def of_s3(storages: Storages) -> Any:
    storage = storages.fresh("s3").open()
    assert isinstance(storage, RemoteStorage)
    return storage


def test_a_storage_that_overwrites_is_refused(
    storages: Storages, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = of_s3(storages)
    put = storage._files.pipe_file

    def overwrite(path: str, data: bytes, mode: str) -> None:
        assert mode == "create"
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
    probe(where.open(), lambda path, _: bool(put.append(path)))
    assert put == []
    assert where.open().read(MARKER)


def test_reading_puts_nothing(storages: Storages) -> None:
    storage = of_s3(storages)
    storage.read("a")
    assert storage.entries("") == []
