"""A folder of this machine, local or mounted, as a storage.

A file is written aside first, and then linked to its name, which only one of many can do.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.paths import UNFINISHED, checked
from pipes_projects.deploy.storage.places.clock import StorageClock
from pipes_projects.deploy.storage.places.modes import executable_bits
from pipes_projects.deploy.storage.refusals import refused
from pipes_projects.deploy.storage.storage import Entry
from pipes_projects.disk.boundary import leads_out, open_file

TRIES = 20
"""How often to try again if somebody removes a file's folder at that moment."""
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class FolderStorage:
    """See `Storage`. Links that lead out of the folder are not followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._clock = StorageClock()

    @property
    def shown(self) -> str:
        """See `Storage`."""
        return str(self.root)

    def create(self, path: str, data: bytes) -> bool:
        """See `Storage`; the file survives a loss of power."""
        with self._told(path), self._aside(data, keep=True) as aside:
            created = self._put(aside, path)
            if created:
                _keep_names(self._place(path).parent)
                self._clock.wrote(path)
            return created

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """See `Storage`; a file that a loss of power cut short is put again."""
        ready = set[Path]()
        for done, (path, data) in enumerate(files, start=1):
            with self._told(path):
                self._ensure(path, data, ready)
            if progress:
                progress(done)

    def make_executable(self, paths: Sequence[str]) -> None:
        """See `Executing`."""
        for path in paths:
            with self._told(path):
                place = self._place(path)
                mode = place.stat().st_mode
                place.chmod(mode | executable_bits(mode))

    def settle(self) -> None:
        """See `Storage`; once for all files, which is far faster than for each."""
        if hasattr(os, "sync"):  # not on Windows
            os.sync()

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        with self._told(path):
            try:
                with open_file(self._place(path)) as file:
                    return file.read()
            except FileNotFoundError:
                return None

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`."""
        with self._told(folder):
            try:
                found = list(os.scandir(self._place(folder) if folder else self.root))
            except FileNotFoundError:
                return []
            known = ((found, status) for found in found if (status := _status(found)))
            times = [(entry.name, entry.is_dir(follow_symlinks=False), at) for entry, at in known]
        return self._clock.entries(folder, times)

    def remove(self, path: str) -> None:
        """See `Storage`; a link itself is removed, not what it leads to."""
        with self._told(path):
            place = self._place(path, itself=False)
            for _ in range(TRIES):
                try:
                    _remove(place)
                    return
                except FileNotFoundError:
                    if not os.path.lexists(place):
                        return
                except OSError as error:  # somebody is putting a file there
                    if error.errno != errno.ENOTEMPTY:
                        raise
            _remove(place)

    def remove_files(self, paths: Sequence[str]) -> None:
        """See `Storage`."""
        for path in paths:
            self.remove(path)

    def location(self, path: str) -> str:
        """See `Storage`."""
        return str(self._place(path, itself=False))

    def _place(self, path: str, itself: bool = True) -> Path:
        place = self.root / checked(path)
        if leads_out(place if itself else place.parent, self.root):
            raise DeployError(
                f"`{path}` leads out of `{self.shown}`, by a link",
                "remove the link: what is shipped must lie in that folder",
            )
        return place

    def _put(self, aside: Path, path: str) -> bool:
        """Give a complete file its name, if that is not taken."""
        for _ in range(TRIES):
            place = self._place(path, itself=False)
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                _take_name(aside, place)
                return True
            except FileExistsError:
                return False
            except FileNotFoundError:
                if not aside.exists():
                    raise
        message = f"`{path}` cannot be put into `{self.shown}`: its folder keeps vanishing"
        raise DeployError(message, "find out who removes it, and deploy again")

    def _ensure(self, path: str, data: bytes, ready: set[Path]) -> None:
        place = self.root / checked(path)
        if place.parent not in ready:
            self._place(path, itself=False)
            ready.add(place.parent)
        with suppress(FileNotFoundError):
            if os.lstat(place).st_size == len(data):
                return
        with self._aside(data, keep=False) as aside:
            if not self._put(aside, path) and os.lstat(place).st_size != len(data):
                aside.replace(place)

    @contextmanager
    def _aside(self, data: bytes, keep: bool) -> Iterator[Path]:
        folder = self.root / UNFINISHED
        if not folder.is_dir() or leads_out(folder, self.root):
            self._place(UNFINISHED)
            folder.mkdir(parents=True, exist_ok=True)
        aside = folder / token_hex(8)
        try:
            with os.fdopen(os.open(aside, _FLAGS, 0o666), "wb") as file:
                file.write(data)
                if keep:
                    file.flush()
                    os.fsync(file.fileno())
            yield aside
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise refused(error, self.shown, path) from error


def _take_name(aside: Path, place: Path) -> None:
    """Raises `FileExistsError` if the name is taken, even at this very moment."""
    if sys.platform == "win32":
        aside.rename(place)  # on Windows, this replaces nothing
    else:
        os.link(aside, place)


def _keep_names(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # such a file system keeps names by itself
            raise
    finally:
        os.close(handle)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()


def _status(found: os.DirEntry[str]) -> float | None:
    """When it was written; None if it has gone meanwhile."""
    try:
        return found.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return None
