"""What a project may touch: what is in its own folder, wherever links lead, and is a file."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


class LeadsOutError(OSError):
    """Links lead a path out of its folder."""

    def __init__(self, path: str | Path) -> None:
        said = f"`{path}` leads out of the project, by a link: it is neither read nor written"
        super().__init__(errno.EPERM, said)

    def __str__(self) -> str:
        return str(self.strerror)


def leads_out(path: str | Path, folder: str | Path) -> bool:
    """Whether links take a path of a folder out of it; nothing is opened to learn that."""
    real, top = os.path.realpath(path), os.path.realpath(folder)
    return real != top and not real.startswith(os.path.join(top, ""))


def refuse_outside(path: Path, folder: Path) -> Path:
    """The place that a path of a folder stands for, if it is in there; raises `LeadsOutError`."""
    if leads_out(path, folder):
        raise LeadsOutError(path)
    return Path(os.path.realpath(path))


def open_file(path: str | Path) -> BinaryIO:
    """A file, to be read; what is none is not waited for, nor touched. Raises `OSError`."""
    refuse_special(os.stat(path))
    return os.fdopen(_opened(path)[0], "rb")


def read_file(path: str, most: int) -> bytes:
    """Of a file that was one a moment ago, so many bytes at the most; as `open_file`."""
    handle, status = _opened(path)
    try:
        return os.read(handle, min(status.st_size, most) + 1)
    finally:
        os.close(handle)


def _opened(path: str | Path) -> tuple[int, os.stat_result]:
    """Without waiting for anybody at the other end; it may be no file any more."""
    handle = os.open(path, _FLAGS)
    try:
        status = os.fstat(handle)
        refuse_special(status)
    except OSError:
        os.close(handle)
        raise
    return handle, status


def refuse_special(status: os.stat_result) -> None:
    """Raises `OSError` for what is no file: it may never end, or never begin."""
    if what := what_is(status.st_mode):
        raise OSError(errno.EINVAL, f"it is {what}, not a file")


def what_is(mode: int) -> str | None:
    """What a path stands for that is not a regular file; None for one that is."""
    kind = stat.S_IFMT(mode)
    return None if kind == stat.S_IFREG else _KINDS.get(kind, "something else")


def oddity(root: Path, path: str) -> str | None:
    """What is under a path of a folder that is no file in it; None for a file, or nothing."""
    try:
        if leads_out(root / path, root):
            return LINK_OUT if os.path.lexists(root / path) else None
        return what_is(os.stat(root / path).st_mode)
    except (OSError, ValueError):
        return None


_FLAGS = os.O_RDONLY | sum(getattr(os, it, 0) for it in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
LINK_OUT = "a link out of the project"
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}
