"""Writing a file of a project: whole or not at all, and only if that changes it."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from pipes_projects.disk.boundary import open_file, refuse_no_folder, refuse_outside

if sys.platform != "win32":
    import fcntl

_BESIDE = re.compile(r"\.pipes-projects-[0-9a-f]{16}\.tmp")


def current(folder: Path, name: str, errors: str = "strict") -> str | None:
    """The text of a file in a folder, with its line endings unchanged; None if there is no file.
    Raises `BoundaryError` as `write` does, and if it is no file."""
    try:
        with open_file(_place(folder, name)) as file:
            return file.read().decode("utf-8", errors)
    except FileNotFoundError:
        return None


def may_be_written(path: Path) -> bool:
    """Whether a file may be replaced: read-only files are kept, even if they could be replaced."""
    if not path.exists():
        return True
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK)


def write(folder: Path, name: str, text: str) -> bool:
    """Replace the text of a file in a folder; returns whether that changed anything.

    Raises `BoundaryError` if links lead out of the folder, or something there should be a folder.
    """
    path, fresh = _place(folder, name), text.encode()  # a link stays one
    if path.is_file() and path.read_bytes() == fresh:
        return False
    replace(path, fresh)
    return True


def _place(folder: Path, name: str) -> Path:
    path = refuse_outside(folder / name, folder)
    refuse_no_folder((folder / name).parent, folder)
    return path


def replace(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new one, whole.

    An existing file keeps its mode and, as far as that is allowed, its owner; nobody else can read
    the new content meanwhile.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_unfinished(path.parent)
    status = path.stat() if path.exists() else None
    beside = path.with_name(f".pipes-projects-{token_hex(8)}.tmp")
    with _locked(path.parent, exclusive=False):
        try:
            _write_new(beside, content, 0o600 if status else 0o666)
            if status:
                _give(beside, status)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def clear_unfinished(folder: Path) -> None:
    """Remove what was left beside a folder's files if a process was ended while it wrote."""
    with suppress(OSError):
        left = [path for path in os.listdir(folder) if _BESIDE.fullmatch(path)]
        if not left:
            return
        with _locked(folder, exclusive=True):  # nobody is writing there now
            for name in left:
                (folder / name).unlink(missing_ok=True)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(content)


@contextmanager
def _locked(folder: Path, exclusive: bool) -> Iterator[None]:
    """Many may write in a folder at a time, or one may clear it; raises `OSError` if that one would
    have to wait. Windows has no such locks, but does not remove files that are being written."""
    if sys.platform == "win32":
        yield
        return
    with ExitStack() as stack:
        try:
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
        except OSError:
            if exclusive:
                raise
        yield


def _give(path: Path, status: os.stat_result) -> None:
    if hasattr(os, "chown"):  # Windows has none
        with suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
    path.chmod(stat.S_IMODE(status.st_mode))
