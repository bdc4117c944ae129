"""The entries of a folder: what they are, and the text of a manifest among them."""

from __future__ import annotations

import os
from codecs import BOM_UTF8

from pipes_projects.disk.boundary import read_file, what_is
from pipes_projects.disk.files import MAX_BYTES


class NoTextError(Exception):
    """Carries the reason, and what to do."""


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether this is a folder, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:  # a loop of links, which reading it as a file reports
        return False


def is_file(entry: os.DirEntry[str]) -> bool:
    """Whether this is a file: not a pipe or the like, nor a broken link."""
    try:
        return entry.is_file()
    except OSError:
        return False


def read_text(entry: os.DirEntry[str]) -> str:
    """The text of a manifest; raises `NoTextError` for what cannot be one, and `OSError`."""
    status = entry.stat()
    if what := what_is(status.st_mode):
        raise NoTextError(f"this is {what}, not a file", "a manifest is a text file")
    if status.st_size > MAX_BYTES:
        raise NoTextError(
            f"this manifest is larger than {MAX_BYTES // 1024} KiB",
            "a manifest says how to run a script; keep data in files of their own",
        )
    raw = read_file(entry.path, MAX_BYTES)
    try:
        return raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        raise NoTextError("this is not UTF-8 text", "save the file as UTF-8", line) from None


def reason(error: OSError) -> tuple[str, str]:
    """Why something could not be read, and what to do."""
    why = error.strerror or type(error).__name__
    return f"this cannot be read: {why.lower()}", "check the link, or the permissions"
