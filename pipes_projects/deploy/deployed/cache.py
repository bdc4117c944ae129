"""Copies on this machine of what is on a server: outside the project, named by content.

A copy is compared with the hash in its ledger, and gets its name once it is complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.shipping.bundles import folder_of, hash_of
from pipes_projects.deploy.storage.storage import Storage
from pipes_projects.disk.cleared import cache_folder

BUNDLES: Final = "bundles"


def fetched(storage: Storage, hash_: str, main: str) -> Path:
    """The folder with the copy of a bundle; raises `DeployError`."""
    place = cache_folder() / BUNDLES / hash_
    if not (place / main).is_file():
        files = dict(_files(storage, folder_of(hash_), ""))
        found = hash_of(main, {path: sha256(data).hexdigest() for path, data in files.items()})
        if found != hash_:
            message = f"`{folder_of(hash_)}` in `{storage.shown}` is not what was shipped"
            raise DeployError(message, "remove that folder, and ship it again")
        _put(place, files)
    return place


def _files(storage: Storage, folder: str, below: str) -> Iterator[tuple[str, bytes]]:
    """All files in a folder, with their paths relative to it."""
    for entry in storage.entries(folder):
        path = f"{folder}/{entry.name}"
        if entry.is_folder:
            yield from _files(storage, path, f"{below}{entry.name}/")
        elif (data := storage.read(path)) is not None:
            yield f"{below}{entry.name}", data


def _put(place: Path, files: Mapping[str, bytes]) -> None:
    aside = place.with_name(f"{token_hex(8)}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, data in files.items():
            file = aside / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        with suppress(OSError):  # another process was quicker
            aside.rename(place)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        message = f"no copy of what was shipped can be kept in `{place.parent}`: {why}"
        raise DeployError(message, "set XDG_CACHE_HOME to a folder with space") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
