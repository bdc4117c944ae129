"""What a project may touch: regular files that are, with all links resolved, in its own folder."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class LeadsOutError(OSError):
    """Links lead a path out of its folder."""

    def __init__(self, path: str | Path) -> None:
        message = f"`{path}` leads out of the project, by a link: it is neither read nor written"
        super().__init__(errno.EPERM, message)

    def __str__(self) -> str:
        return str(self.strerror)


class NotAFileError(OSError):
    """Something else has the path of a file."""

    def __init__(self, what: str) -> None:
        super().__init__(errno.EINVAL, f"it is {what}, not a file")

    def __str__(self) -> str:
        return str(self.strerror)


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether links take a path of a folder out of it; nothing is opened to find out."""
    real, top = os.path.realpath(path), os.path.realpath(folder)
    return real != top and not real.startswith(os.path.join(top, ""))


def refuse_outside(path: Path, folder: Path) -> Path:
    """The resolved path of something in a folder; raises `LeadsOutError` if it is outside."""
    if leads_out(path, folder):
        raise LeadsOutError(path)
    return Path(os.path.realpath(path))


def open_file(path: str | Path) -> BinaryIO:
    """Open a regular file for reading; anything else is neither waited for nor touched. Raises
    `OSError`."""
    refuse_special(os.stat(path))
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
        refuse_special(status)
    except OSError:
        os.close(handle)
        raise
    return handle, status


def refuse_special(status: os.stat_result) -> None:
    """Raises `NotAFileError` for anything but a regular file: it may never end, or never begin."""
    if what := what_is(status.st_mode):
        raise NotAFileError(what)


def what_is(mode: int) -> str | None:
    """What a path is, if not a regular file; None if it is one."""
    kind = stat.S_IFMT(mode)
    return None if kind == stat.S_IFREG else _KINDS.get(kind, "something else")


def oddity(root: Path, path: str) -> str | None:
    """What is under a path of a folder, if not a file in that folder; None for a file, or
    nothing."""
    if not os.path.lexists(root / path):
        return None
    try:
        if leads_out(root / path, root):
            return LINK_OUT
        return what_is(os.stat(root / path).st_mode)
    except (OSError, ValueError):
        return None


_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
LINK_OUT = "a link out of the project"
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}
