"""Anything that fsspec can open as a storage, if it can put a file once: S3, GCS, ADLS."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, cast

import fsspec
from fsspec.asyn import AsyncFileSystem

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.paths import checked
from pipes_projects.deploy.storage.places.patience import ask
from pipes_projects.deploy.storage.places.servers.server import ServerStorage
from pipes_projects.deploy.storage.refusals import refused_remotely
from pipes_projects.deploy.storage.secrets import StorageUrl
from pipes_projects.deploy.storage.storage import Entry

AT_ONCE: Final = 16
TRIES: Final = 5
SILENT: Final = 30
"""After how many silent seconds GCS is asked again, which gcsfs leaves to us."""
_S3: Final = ("s3", "s3a")
_GCS: Final = ("gs", "gcs")
_KNOWN: Final = (*_S3, *_GCS, "abfs", "abfss", "az")
"""Their servers decide who puts a file, if they honour conditional requests."""
_TIMES: Final = ("LastModified", "last_modified", "mtime", "updated")
_CONFLICTS: Final = {"ConditionalRequestConflict", "OperationAborted", "409"}
_EXISTING: Final = {"PreconditionFailed", "412"}

# Whatever its clients log, they also raise: without a handler, Python would print tracebacks.
for _client in ("adlfs", "aiobotocore", "azure", "botocore", "fsspec", "gcsfs", "s3fs"):
    logging.getLogger(_client).addHandler(logging.NullHandler())


class RemoteStorage(ServerStorage):
    """See `Storage`."""

    def __init__(self, place: StorageUrl, url: str, options: Mapping[str, Any]) -> None:
        super().__init__(place, AT_ONCE, is_known=place.scheme in _KNOWN)
        with self._told(""):
            self._files, self._top = _opened(place.scheme, url, options)
        if not _has_own_way(self._files):
            raise DeployError(
                f"`{place.scheme}` storages cannot put a file exactly once",
                "deploy to a folder, S3, GCS, ADLS or SFTP",
            )

    def create(self, path: str, data: bytes) -> bool:
        """See `Storage`."""
        # s3fs asks again if an answer gets lost: then the file that it was refused for may be ours.
        return super().create(path, data) or self.read(path) == data

    def settle(self) -> None:
        """See `Storage`; a server keeps what it has confirmed."""

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        with self._told(path):
            try:
                return cast(bytes, ask(self._files, "cat_file", self._full(path)))
            except FileNotFoundError:
                return None

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`."""
        top = self._full(folder) if folder else self._top
        with self._told(folder):
            try:
                self._files.invalidate_cache()
                found = ask(self._files, "ls", top, detail=True)
            except FileNotFoundError:
                return []
        rows = [(entry["name"].rstrip("/").removeprefix(f"{top}/"), entry) for entry in found]
        return self._clock.entries(
            folder,
            [
                (name, entry["type"] == "directory", _time(entry))
                for name, entry in rows
                if _is_in(name)
            ],
        )

    def remove(self, path: str) -> None:
        """See `Storage`."""
        with self._told(path):
            self._files.invalidate_cache()
            self._remove(ask(self._files, "find", self._full(path)))

    def remove_files(self, paths: Sequence[str]) -> None:
        """See `Storage`."""
        with self._told(""):
            self._remove([self._full(path) for path in paths])

    def files_below(self, folder: str) -> list[str]:
        """See `Listing`."""
        with self._told(folder):
            self._files.invalidate_cache()
            found: list[str] = ask(self._files, "find", self._full(folder))
        return [name.removeprefix(f"{self._top}/") for name in found]

    def location(self, path: str) -> str:
        """See `Storage`."""
        return f"{self.shown}/{checked(path)}"

    def _remove(self, names: Sequence[str]) -> None:
        plain = [name for name in names if not set(name) & set("*?[")]
        if plain:
            ask(self._files, "rm", plain)
        for name in set(names).difference(plain):  # fsspec takes such a name for a pattern
            ask(self._files, "rm_file", name)

    def _full(self, path: str) -> str:
        return f"{self._top}/{checked(path)}"

    def _create(self, path: str, data: bytes) -> bool:
        with self._told(path):
            for _ in range(TRIES):
                try:
                    full, size = self._full(path), len(data)
                    ask(self._files, "pipe_file", full, data, mode="create", size=size)
                    return True
                except FileExistsError:
                    return False
                except OSError as error:
                    if _code(error) in _EXISTING:
                        return False
                    if _code(error) not in _CONFLICTS:
                        raise
        message = f"`{path}` in `{self.shown}` is being put by others all the time"
        raise DeployError(message, "try again when fewer deploy at once")

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except (DeployError, ImportError):
            raise
        except Exception as error:  # its cause could give a secret away
            raise refused_remotely(error, self._place, path) from None


def _opened(scheme: str, url: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    given = {"use_listings_cache": False, **options}
    if scheme in _GCS:
        return _gcs(url, given)
    # otherwise s3fs asks for a file's size, so as to read parts of it at once
    own = {"max_concurrency": 1} if scheme in _S3 else {}
    files, top = fsspec.core.url_to_fs(url, **{**own, **given})
    return files, top.rstrip("/")


def _gcs(url: str, options: Mapping[str, Any]) -> tuple[Any, str]:
    """gcsfs by its older class: the newer one asks by gRPC what kind of bucket it is, before each
    request until there is an answer, and waits for a minute each time where only HTTPS passes."""
    from aiohttp import ClientTimeout
    from gcsfs.core import GCSFileSystem

    patience = ClientTimeout(sock_connect=SILENT, sock_read=SILENT)
    named = GCSFileSystem._get_kwargs_from_urls(url)
    files = GCSFileSystem(**{"requests_timeout": patience, **named, **options})
    return files, GCSFileSystem._strip_protocol(url).rstrip("/")


def _has_own_way(files: Any) -> bool:
    """Whether it puts a file once in a way of its own: fsspec's looks first, and then writes."""
    is_async = isinstance(files, AsyncFileSystem)
    name = "_pipe_file" if is_async else "pipe_file"
    general = AsyncFileSystem if is_async else fsspec.AbstractFileSystem
    return getattr(type(files), name) is not getattr(general, name)


def _code(error: OSError) -> str:
    """The code of an S3 error, which is all that some servers like it give."""
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _time(found: Mapping[str, Any]) -> float | None:
    for name in _TIMES:
        value = found.get(name)
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.timestamp()
    return None


def _is_in(name: str) -> bool:
    """Whether this is in the folder: some servers list the folder itself too."""
    return bool(name) and "/" not in name
