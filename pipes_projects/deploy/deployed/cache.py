"""Copies on this machine of what is on a server: outside the project, named by content.

A copy is compared with the hash in its ledger whenever it is taken, and gets its name once it is
complete.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from pipes_projects.deploy.deployed.unused import clear_unused, taken
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Shipped
from pipes_projects.deploy.shipping.bundles import folder_of, hash_of
from pipes_projects.deploy.storage.places.modes import executable_bits
from pipes_projects.deploy.storage.storage import Storage
from pipes_projects.disk.boundary import open_file
from pipes_projects.disk.cache import cache_folder

BUNDLES: Final = "bundles"


def fetched(storage: Storage, shipped: Shipped, main: str) -> Path:
    """The folder with the copy of a bundle, whose file to run is `main`; raises `DeployError`."""
    hash_, executable = shipped.hash, shipped.executable
    folder = folder_of(hash_, shipped.generation)
    place = cache_folder() / BUNDLES / hash_
    is_whole = partial(_is_whole, place, hash_, main, executable)
    if taken(place) and is_whole():
        return place
    files = dict(_files(storage, folder, ""))
    hashes = {path: sha256(data).hexdigest() for path, data in files.items()}
    if hash_of(main, hashes, executable) != hash_:
        message = f"`{folder}` in `{storage.shown}` is not what was shipped"
        raise DeployError(message, "remove that folder, and ship it again")
    _put(place, files, executable, is_whole)
    clear_unused(place.parent)
    return place


def _files(storage: Storage, folder: str, below: str) -> Iterator[tuple[str, bytes]]:
    """All files in a folder, with their paths relative to it."""
    for entry in storage.entries(folder):
        path = f"{folder}/{entry.name}"
        if entry.is_folder:
            yield from _files(storage, path, f"{below}{entry.name}/")
        elif (data := storage.read(path)) is not None:
            yield f"{below}{entry.name}", data


def _is_whole(place: Path, hash_: str, main: str, executable: Sequence[str]) -> bool:
    """Whether a copy is as it was fetched: not a file more, less or changed."""
    try:
        can_run = all(os.access(place / path, os.X_OK) for path in executable)
        return can_run and hash_of(main, dict(_hashes(place)), executable) == hash_
    except OSError:
        return False


def _hashes(place: Path) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(place):
        for name in names:
            path = Path(folder, name)
            with open_file(path) as file:
                yield path.relative_to(place).as_posix(), sha256(file.read()).hexdigest()


def _put(
    place: Path, files: Mapping[str, bytes], executable: Sequence[str], is_whole: Callable[[], bool]
) -> None:
    aside, old = (place.with_name(f"{token_hex(8)}.part") for _ in range(2))
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(aside, files, executable)
        with suppress(FileNotFoundError):
            if not is_whole():
                place.rename(old)
        with suppress(OSError):  # another process was quicker
            aside.rename(place)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        message = f"no copy of what was shipped can be kept in `{place.parent}`: {why}"
        raise DeployError(message, "set XDG_CACHE_HOME to a folder with space") from error
    finally:
        for left in (aside, old):
            shutil.rmtree(left, ignore_errors=True)


def _write(folder: Path, files: Mapping[str, bytes], executable: Sequence[str]) -> None:
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        mode = file.stat().st_mode
        file.chmod(mode | executable_bits(mode) if path in executable else mode)
