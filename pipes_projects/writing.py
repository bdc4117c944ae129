"""Writing a file: whole or not at all, and only when that changes it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def current(path: Path, errors: str = "strict") -> str | None:
    """What a file says, with the ends of its lines as they are; None where there is no file."""
    try:
        return path.read_bytes().decode("utf-8", errors)
    except FileNotFoundError:
        return None


def may_be_written(path: Path) -> bool:
    """Whether a file may be replaced: one that may only be read is kept, also from its owner."""
    if not path.exists():
        return True
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK)


def write(path: Path, text: str) -> bool:
    """Put a text in place of what a file says; whether that changed anything."""
    path, fresh = path.resolve(), text.encode()  # a link stays one
    if path.is_file() and path.read_bytes() == fresh:
        return False
    replace(path, fresh)
    return True


def replace(path: Path, content: bytes) -> None:
    """In one step: whoever reads the file sees the old content or the new one, whole.

    A file that was there keeps its mode and, as far as that is allowed, its owner.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{token_hex(8)}.tmp")
    try:
        beside.write_bytes(content)
        if path.exists():
            _give(beside, path.stat())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _give(path: Path, status: os.stat_result) -> None:
    if hasattr(os, "chown"):  # Windows has none
        with suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
    path.chmod(stat.S_IMODE(status.st_mode))
