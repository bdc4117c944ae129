"""Writing a file: whole or not at all, and only when that changes it."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from shutil import copymode


def current(path: Path, errors: str = "strict") -> str | None:
    """What a file says, with the ends of its lines as they are; None where there is no file."""
    try:
        return path.read_bytes().decode("utf-8", errors)
    except FileNotFoundError:
        return None


def write(path: Path, text: str) -> bool:
    """Put a text in place of what a file says, in one step; whether that changed anything."""
    path, fresh = path.resolve(), text.encode()  # a link stays one
    if path.is_file() and path.read_bytes() == fresh:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        beside.write_bytes(fresh)
        if path.exists():
            copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return True
