"""What every storage does alike."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.storage import Executing, Storage
from tests.support.servers.storages import Storages, Where


@pytest.fixture(params=(*Storages.KINDS, *Storages.EMULATED))
def where(request: pytest.FixtureRequest, storages: Storages) -> Where:
    return storages.fresh(request.param)


@pytest.fixture
def storage(where: Where) -> Storage:
    return where.open()


def names(storage: Storage, folder: str) -> list[str]:
    return [entry.name for entry in storage.entries(folder)]


def test_a_file_is_put_once(storage: Storage) -> None:
    assert storage.create("a/b.json", b"first")
    assert not storage.create("a/b.json", b"second")
    assert storage.read("a/b.json") == b"first"


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    assert storage.create("a/empty", b"")
    assert not storage.create("a/empty", b"more")
    assert storage.read("a/empty") == b""


def test_what_is_not_there_is_nothing(storage: Storage) -> None:
    assert storage.read("a/b") is None
    assert storage.entries("a") == []
    storage.remove("a")


def test_files_and_folders_of_a_folder(storage: Storage) -> None:
    for path in ("a/z.py", "a/deeper/b.py", "ab/c.py"):
        storage.create(path, b"")
    assert [(entry.name, entry.is_folder) for entry in storage.entries("a")] == [
        ("deeper", True),
        ("z.py", False),
    ]
    assert {"a", "ab"} <= set(names(storage, ""))


def test_what_was_just_put_is_new(storage: Storage) -> None:
    storage.create("a/b", b"")
    assert 0 <= storage.entries("a")[0].age < 5


def test_a_folder_is_removed_with_all_that_is_in_it_and_nothing_else(storage: Storage) -> None:
    for path in ("a/b/c", "a/b/d/e", "a/bc/d", "a/b[c]d"):
        storage.create(path, b"")
    storage.remove("a/b")
    assert names(storage, "a") == ["b[c]d", "bc"]
    storage.remove("a/b[c]d")
    assert names(storage, "a") == ["bc"]


@pytest.mark.parametrize("name", ["[a]*.py", "with space.py", "Grüße.py", "50%.py", "a+b&c=d#e.py"])
def test_a_name_is_taken_as_it_is(storage: Storage, name: str) -> None:
    for path in (f"x/{name}", "x/a.py"):
        assert storage.create(path, path.encode())
    assert storage.read(f"x/{name}") == f"x/{name}".encode()
    storage.remove(f"x/{name}")
    assert names(storage, "x") == ["a.py"]


def test_many_files_beside_those_that_are_there(storage: Storage) -> None:
    storage.create("store/1/a.py", b"1")
    told: list[int] = []
    storage.create_all(((f"store/{n % 3}/{n}.py", b"%d" % n) for n in range(30)), told.append)
    storage.create_all([("store/1/a.py", b"1"), ("store/1/1.py", b"1")])
    storage.settle()
    assert told == list(range(1, 31))
    assert [storage.read(f"store/{n % 3}/{n}.py") for n in range(30)] == [
        b"%d" % n for n in range(30)
    ]
    assert len(names(storage, "store/1")) == 11


@pytest.mark.parametrize("kind", ["folder", "sftp"])
def test_what_is_made_executable_can_be_run_where_it_is(storages: Storages, kind: str) -> None:
    where = storages.fresh(kind)
    storage = where.open()
    storage.create("store/a.sh", b"#!/bin/sh\n")
    storage.create("store/b.sh", b"#!/bin/sh\n")
    assert isinstance(storage, Executing)
    storage.make_executable(["store/a.sh"])
    files = [Path(urlsplit(where.at).path) / "store" / name for name in ("a.sh", "b.sh")]
    assert [bool(file.stat().st_mode & 0o111) for file in files] == [True, False]
    assert files[0].stat().st_mode & 0o777 == 0o755 & ~umask()


def umask() -> int:
    """Of this process, which started the server too."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_location_is_where_the_file_is(where: Where) -> None:
    assert where.open().location("store/1/a.py") == where.location("store/1/a.py")


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/x", "a//b", "a/.", "", "a\0b"])
def test_a_path_does_not_lead_out(storage: Storage, path: str) -> None:
    with pytest.raises(DeployError, match="is not a path that files can be shipped to"):
        storage.create(path, b"")


def test_another_sees_at_once_what_is_there_and_what_is_not(where: Where) -> None:
    one, other = where.open(), where.open()
    assert other.entries("a") == []
    one.create("a/b", b"")
    assert names(other, "a") == ["b"]
    one.remove("a/b")
    assert other.entries("a") == []
    assert other.create("a/b", b"again")
