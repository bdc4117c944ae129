"""A script's file, read once and in pieces: its hash, and as much of its text as can be shown."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NamedTuple

from pipes_projects.boundary import open_file

_PIECE = 1 << 20
KEPT = 4 << 20
"""Of larger files, so much is kept: notebooks are long, and what is shown of them is not."""


class ScriptUnreadableError(Exception):
    """A script that was there when the project was compiled cannot be read now."""


class ScriptText(NamedTuple):
    """What is known of a script's content."""

    hash: str
    """SHA-256, in hexadecimal."""
    text: str | None
    """Its first lines, or all of them; None where they are no text."""
    more_lines: int = 0
    """How many lines there are behind those."""


def read_script(root: str | os.PathLike[str], path: str) -> ScriptText:
    """Read a script of a project; raises `ScriptUnreadableError`."""
    digest, kept, rest = sha256(), bytearray(), 0
    try:
        with open_file(os.path.join(root, path)) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                room = KEPT - len(kept)
                kept += piece[:room] if room > 0 else b""
                rest += piece.count(b"\n", max(room, 0))
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise ScriptUnreadableError(f"`{path}` cannot be read: {why}") from None
    if len(kept) == KEPT:  # the last line may be half of one
        start, _, half = bytes(kept).rpartition(b"\n")
        return ScriptText(digest.hexdigest(), _text(start or half), rest + 1)
    return ScriptText(digest.hexdigest(), _text(bytes(kept)))


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig") if b"\0" not in content else None
    except UnicodeDecodeError:
        return None
