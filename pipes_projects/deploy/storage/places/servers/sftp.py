"""A folder of an SFTP server as a storage.

A file is written aside first, and then renamed: servers like OpenSSH's do not replace a file that
already has the name.
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import Any, Final

import paramiko

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.paths import UNFINISHED, checked
from pipes_projects.deploy.storage.places.modes import executable_bits
from pipes_projects.deploy.storage.places.servers.server import ServerStorage
from pipes_projects.deploy.storage.places.servers.sftp_connection import connected, options_of
from pipes_projects.deploy.storage.refusals import refused_remotely
from pipes_projects.deploy.storage.secrets import StorageUrl
from pipes_projects.deploy.storage.storage import Entry

AT_ONCE: Final = 4
"""Each has a connection of its own: OpenSSH refuses more than ten that begin at once."""
TRIES: Final = 20


class SftpStorage(ServerStorage):
    """See `Storage`."""

    def __init__(self, place: StorageUrl, url: str, options: Mapping[str, Any]) -> None:
        super().__init__(place, AT_ONCE, is_known=True)
        self._top = f"/{place.path}".rstrip("/")
        self._options = {**options_of(url), **options}
        self._mine = threading.local()

    def make_executable(self, paths: Sequence[str]) -> None:
        """See `Executing`."""
        for path in paths:
            with self._told(path) as server:
                mode = server.stat(self._full(path)).st_mode or 0
                server.chmod(self._full(path), stat.S_IMODE(mode | executable_bits(mode)))

    def settle(self) -> None:
        """See `Storage`; SFTP has no verb for this, but servers keep what they have confirmed."""

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        with self._told(path) as server:
            try:
                with server.open(self._full(path), "rb") as file:
                    file.prefetch()
                    return file.read()
            except FileNotFoundError:
                return None

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`."""
        with self._told(folder) as server:
            try:
                found = server.listdir_attr(self._full(folder) if folder else self._top)
            except FileNotFoundError:
                return []
        return self._clock.entries(
            folder, [(entry.filename, _is_folder(entry), entry.st_mtime) for entry in found]
        )

    def remove(self, path: str) -> None:
        """See `Storage`; a link itself is removed, not what it leads to."""
        with self._told(path) as server:
            _remove(server, self._full(path))

    def remove_files(self, paths: Sequence[str]) -> None:
        """See `Storage`."""
        for path in paths:
            with self._told(path) as server, suppress(FileNotFoundError):
                server.remove(self._full(path))

    def location(self, path: str) -> str:
        """See `Storage`."""
        return f"{self.shown}/{checked(path)}"

    def _full(self, path: str) -> str:
        return f"{self._top}/{checked(path)}"

    def _create(self, path: str, data: bytes) -> bool:
        full, aside = self._full(path), self._full(f"{UNFINISHED}/{token_hex(8)}")
        with self._told(path) as server:
            if _is_there(server, full):
                return False
            try:
                _write(server, aside, data)
                return _take_name(server, aside, full)
            finally:
                with suppress(FileNotFoundError):
                    server.remove(aside)

    @contextmanager
    def _told(self, path: str) -> Iterator[paramiko.SFTPClient]:
        """This thread's connection; after an error, the next use opens a new one."""
        try:
            if getattr(self._mine, "server", None) is None:
                self._mine.client, self._mine.server = connected(self._options)
            yield self._mine.server
        except DeployError:
            raise
        except Exception as error:  # its cause could give a secret away
            self._close()
            raise refused_remotely(error, self._place, path) from None

    def _close(self) -> None:
        client = getattr(self._mine, "client", None)
        self._mine.client = self._mine.server = None
        if client:
            client.close()


def _write(server: paramiko.SFTPClient, aside: str, data: bytes) -> None:
    try:
        file = server.open(aside, "wbx")
    except FileNotFoundError:
        _make_folders(server, aside.rpartition("/")[0])
        file = server.open(aside, "wbx")
    with file:
        file.set_pipelined(True)
        file.write(data)


def _take_name(server: paramiko.SFTPClient, aside: str, full: str) -> bool:
    """False if the name is taken, which a server reports as a mere failure."""
    for _ in range(TRIES):
        try:
            server.rename(aside, full)
            return True
        except FileNotFoundError:
            _make_folders(server, full.rpartition("/")[0])
        except OSError:
            if _is_there(server, full):
                return False
            raise
    server.rename(aside, full)
    return True


def _make_folders(server: paramiko.SFTPClient, folder: str) -> None:
    if not folder or _is_there(server, folder):
        return
    _make_folders(server, folder.rpartition("/")[0])
    try:
        server.mkdir(folder)
    except OSError:  # somebody else made it
        if not _is_there(server, folder):
            raise


def _is_there(server: paramiko.SFTPClient, full: str) -> bool:
    try:
        server.lstat(full)
    except FileNotFoundError:
        return False
    return True


def _is_folder(found: paramiko.SFTPAttributes) -> bool:
    return stat.S_ISDIR(found.st_mode or 0)


def _remove(server: paramiko.SFTPClient, full: str) -> None:
    for _ in range(TRIES):
        try:
            if not _is_folder(server.lstat(full)):
                server.remove(full)
                return
            for name in server.listdir(full):
                _remove(server, f"{full}/{name}")
            server.rmdir(full)
            return
        except FileNotFoundError:
            return
        except OSError as error:  # somebody is putting a file there
            if error.errno is not None:
                raise
    server.rmdir(full)
