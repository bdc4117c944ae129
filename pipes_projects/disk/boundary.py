"""What a project may touch: regular files that are, with all links resolved, in its own folder."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class BoundaryError(OSError):
    """Something is not touched, for a reason in words for its author."""

    def __str__(self) -> str:
        return str(self.strerror)

    @property
    def about(self) -> str:
        """The same, with the path that it is about."""
        return f"{self.filename} cannot be read: {self}" if self.filename else str(self)


def in_words(error: OSError) -> str:
    """What is wrong, and with which file, without the number of the error."""
    if not error.strerror:
        return str(error)
    why = str(error) if isinstance(error, BoundaryError) else error.strerror.lower()
    return f"`{error.filename}`: {why}" if error.filename else why


class LeadsOutError(BoundaryError):
    """Links lead a path out of its folder."""

    def __init__(self, path: str | Path) -> None:
        message = f"`{path}` leads out of the project, by a link: it is neither read nor written"
        super().__init__(errno.EPERM, message)


class NotAFileError(BoundaryError):
    """Something else has the path of a file."""

    def __init__(self, what: str, path: str | Path | None = None) -> None:
        super().__init__(errno.EINVAL, f"it is {what}, not a file", path and str(path))


class NotAFolderError(BoundaryError):
    """Something else has the path of a folder."""

    def __init__(self, path: str | Path, what: str) -> None:
        super().__init__(errno.ENOTDIR, f"`{path}` is {what}, not a folder")


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether links take a path of a folder out of it; nothing is opened to find out."""
    real, top = os.path.realpath(path), os.path.realpath(folder)
    return real != top and not real.startswith(os.path.join(top, ""))


def refuse_outside(path: Path, folder: Path) -> Path:
    """The resolved path of something in a folder; raises `LeadsOutError` if it is outside."""
    if leads_out(path, folder):
        raise LeadsOutError(path)
    return Path(os.path.realpath(path))


def refuse_no_folder(path: Path, top: Path) -> None:
    """Raises `NotAFolderError` if a path below a folder cannot be a folder, because something else
    has its place, or that of a folder above it."""
    for folder in (path, *path.parents):
        if folder == top or os.path.isdir(folder):
            return
        if os.path.lexists(folder):
            name = folder.relative_to(top).as_posix()
            raise NotAFolderError(name, instead(folder) or "a file")


def open_file(path: str | Path) -> BinaryIO:
    """Open a regular file for reading; anything else is neither waited for nor touched. Raises
    `OSError`."""
    refuse_special(os.stat(path), path)
    return os.fdopen(_opened(path)[0], "rb")


def read_file(path: str, most: int) -> bytes:
    """Read at most so many bytes of something that was a regular file a moment ago; as
    `open_file`."""
    handle, status = _opened(path)
    try:
        return os.read(handle, min(status.st_size, most) + 1)
    finally:
        os.close(handle)


def _opened(path: str | Path) -> tuple[int, os.stat_result]:
    """Opened without waiting for another process at the other end; it may no longer be a regular
    file."""
    handle = os.open(path, _FLAGS)
    try:
        status = os.fstat(handle)
        refuse_special(status, path)
    except OSError:
        os.close(handle)
        raise
    return handle, status


def refuse_special(status: os.stat_result, path: str | Path | None = None) -> None:
    """Raises `NotAFileError` for anything but a regular file: it may never end, or never begin."""
    if what := what_is(status.st_mode):
        raise NotAFileError(what, path)


def what_is(mode: int) -> str | None:
    """What a path is, if not a regular file; None if it is one."""
    kind = stat.S_IFMT(mode)
    return None if kind == stat.S_IFREG else _KINDS.get(kind, "something else")


def oddity(root: Path, path: str) -> str | None:
    """What is under a path of a folder, if not a file in that folder; None for a file, or
    nothing."""
    if not os.path.lexists(root / path):
        return None
    return LINK_OUT if leads_out(root / path, root) else instead(root / path)


def instead(path: Path) -> str | None:
    """What is at a path instead of a file; None for a file, or nothing."""
    try:
        return what_is(os.stat(path).st_mode)
    except OSError:
        return LINK_TO_NOTHING if os.path.islink(path) else None


def absence(path: Path, name: str, needed: str) -> str:
    """That there is no file at a path, in words for its author: its name there, and what for."""
    what = instead(path)
    return f"{name} is {what}, not a file {needed}" if what else f"there is no {name} {needed}"


_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
LINK_OUT = "a link out of the project"
LINK_TO_NOTHING = "a link to nothing"
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}
