"""Copies of what is on a server: whole whenever they are taken, and gone once nobody takes them."""

import os
import time
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from pipes_projects.deploy.deployed import unused
from pipes_projects.deploy.deployed.cache import fetched
from pipes_projects.deploy.deployed.unused import DAY, LONG, clear_unused
from pipes_projects.deploy.ledger.document import Shipped
from pipes_projects.deploy.shipping.bundles import folder_of, hash_of
from pipes_projects.deploy.storage.places.folder import FolderStorage
from tests.support.hashes import hashes_of

PROCESSES = get_context("spawn")
MAIN, TOOL = "defs/g/one.py", "defs/g/tool.sh"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache/pipes-projects/bundles"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "shipped")


def shipped(storage: FolderStorage, text: str) -> str:
    """The hash of a bundle that is there."""
    files = {MAIN: text.encode(), TOOL: b"#!/bin/sh\n"}
    hash_ = hash_of(MAIN, hashes_of(files), [TOOL])
    storage.create_all((f"{folder_of(hash_)}/{path}", data) for path, data in files.items())
    return hash_


def take(storage: FolderStorage, hash_: str) -> Path:
    return fetched(storage, Shipped(hash=hash_, executable=(TOOL,)), MAIN)


def grow_old(copy: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(copy, (then, then))


def test_a_copy_is_fetched_once_and_can_be_run(storage: FolderStorage) -> None:
    hash_ = shipped(storage, "x = 1\n")
    copy = take(storage, hash_)
    assert (copy / MAIN).read_text() == "x = 1\n"
    assert os.access(copy / TOOL, os.X_OK)
    assert not os.access(copy / MAIN, os.X_OK) or os.name == "nt"
    storage.remove(folder_of(hash_))
    assert take(storage, hash_) == copy


@pytest.mark.parametrize("damage", ["changed", "more", "less", "mode", "folder"])
def test_a_copy_that_is_no_longer_what_was_shipped_is_fetched_again(
    storage: FolderStorage, damage: str
) -> None:
    hash_ = shipped(storage, "x = 1\n")
    copy = take(storage, hash_)
    if damage == "changed":
        (copy / MAIN).write_text("x = 2\n")
    elif damage == "more":
        (copy / "defs/g/json.py").write_text("raise SystemExit")
    elif damage == "mode":
        (copy / TOOL).chmod(0o644)
    else:
        (copy / TOOL).unlink()
    if damage == "folder":
        (copy / TOOL).mkdir()
    assert take(storage, hash_) == copy
    assert (copy / MAIN).read_text() == "x = 1\n"
    assert os.access(copy / TOOL, os.X_OK)
    assert {path.name for path in (copy / "defs/g").iterdir()} == {"one.py", "tool.sh"}
    assert [path.name for path in copy.parent.glob("*.part")] == []


def test_copies_that_nobody_takes_go_by_age_and_number(
    storage: FolderStorage, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ages = {"new": 0.0, "week": 8 * DAY, "fortnight": 14 * DAY, "old": LONG + DAY}
    copies = {name: take(storage, shipped(storage, name)) for name in ages}
    (cache / "0123.part").mkdir()
    for name, age in ages.items():
        grow_old(copies[name], age)
    grow_old(cache / "0123.part", 2 * DAY)
    clear_unused(cache)
    assert all(copy.is_dir() for copy in copies.values())  # it was cleared today
    (cache / ".cleared").unlink()
    clear_unused(cache)
    assert [name for name, copy in copies.items() if not copy.is_dir()] == ["old"]
    assert not list(cache.glob("*.part"))
    (cache / ".cleared").unlink()
    monkeypatch.setattr(unused, "MANY", 1)
    clear_unused(cache)
    assert [name for name, copy in copies.items() if copy.is_dir()] == ["new"]


def test_to_take_a_copy_keeps_it(storage: FolderStorage, cache: Path) -> None:
    hash_ = shipped(storage, "x = 1\n")
    copy = take(storage, hash_)
    grow_old(copy, LONG + DAY)
    (cache / ".cleared").unlink()
    take(storage, hash_)
    clear_unused(cache)
    assert copy.is_dir()


def taking(storage: FolderStorage, hashes: list[str], seconds: float) -> None:
    """Whatever others do, a copy that was just taken is there, and whole."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for hash_ in hashes:
            copy = take(storage, hash_)
            assert (copy / MAIN).read_text().startswith("x = ")
            assert (copy / TOOL).is_file()
            grow_old(copy, LONG + DAY)


def clearing(cache: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        (cache / ".cleared").unlink(missing_ok=True)
        clear_unused(cache)


def test_many_processes_take_what_another_one_removes(storage: FolderStorage, cache: Path) -> None:
    hashes = [shipped(storage, f"x = {number}\n") for number in range(3)]
    for hash_ in hashes:
        take(storage, hash_)
    processes: list[SpawnProcess] = [
        PROCESSES.Process(target=taking, args=(storage, [hash_], 1.5)) for hash_ in hashes
    ]
    processes.append(PROCESSES.Process(target=clearing, args=(cache, 1.5)))
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
