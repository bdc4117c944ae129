"""A file of code, read once and in chunks: its hash, and as much of its text as can be shown."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.disk.boundary import open_file
from pipes_projects.kinds.notebook.cells import ENDING, NotANotebookError, code_of

_PIECE: Final = 1 << 16
"""Python asks the system for memory anew for each larger piece."""
KEPT = 4 << 20
"""How much of a file's text is kept: notebooks are long, and what is shown of them is not."""
_BOM: Final = b"\xef\xbb\xbf"
_LOOKED_AT: Final = 8000
"""A file with a zero byte among its first bytes is not text, as in Git."""


class ScriptUnreadableError(Exception):
    """A script that existed when the project was compiled cannot be read now."""


class ScriptText(NamedTuple):
    """What is known of a file's content."""

    hash: str
    """SHA-256, in hexadecimal, of the text with Unix line endings and without a byte order mark; of
    a notebook, that of the source of its cells with code."""
    text: str | None
    """Its first lines, or all of them; None if it is not text."""
    more_lines: int = 0
    """How many more lines there are after those."""
    cells: str | None = None
    """Of a notebook, what is Python in its cells."""

    @property
    def python(self) -> str | None:
        """What may import something."""
        return self.text if self.cells is None else self.cells


def read_script(root: str | os.PathLike[str], path: str) -> ScriptText:
    """Read a file of a project; raises `ScriptUnreadableError`."""
    found = _read(root, path)
    return as_notebook(found, os.path.join(root, path)) if path.endswith(ENDING) else found


def as_notebook(found: ScriptText, file: str) -> ScriptText:
    """What is known of a notebook, whose outputs are no code; the same, if it is not one."""
    try:
        whole = found.text if not found.more_lines else Path(file).read_text("utf-8-sig")
        code = code_of(whole or "")
    except (NotANotebookError, OSError, ValueError):
        return found
    digest = sha256(json.dumps(code.cells).encode()).hexdigest()
    return found._replace(hash=digest, cells=code.python)


def _read(root: str | os.PathLike[str], path: str) -> ScriptText:
    digest, kept, rest = _Digest(), bytearray(), 0
    try:
        with open_file(os.path.join(root, path)) as file:
            while piece := file.read(_PIECE):
                digest.add(piece)
                room = KEPT - len(kept)
                kept += piece[:room] if room > 0 else b""
                rest += piece.count(b"\n", max(room, 0))
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise ScriptUnreadableError(f"`{path}` cannot be read: {why}") from None
    if len(kept) == KEPT:  # the last line may be incomplete
        start, _, half = bytes(kept).rpartition(b"\n")
        return ScriptText(digest.whole(), _text(start or half), rest + 1)
    return ScriptText(digest.whole(), _text(bytes(kept)))


class _Digest:
    """SHA-256 of a text as people see it: editors and Git change line endings."""

    def __init__(self) -> None:
        self.sha = sha256()
        self.is_text: bool | None = None
        self.held = b""

    def add(self, piece: bytes) -> None:
        """Add the next chunk; half of a line ending waits for the other half."""
        if self.is_text is None:
            self.is_text = b"\0" not in piece[:_LOOKED_AT]
            piece = piece.removeprefix(_BOM) if self.is_text else piece
        if self.is_text:
            piece = self.held + piece
            self.held = b"\r" if piece.endswith(b"\r") else b""
            piece = piece.removesuffix(b"\r").replace(b"\r\n", b"\n")
        self.sha.update(piece)

    def whole(self) -> str:
        """The digest, in hexadecimal."""
        self.sha.update(self.held)
        return self.sha.hexdigest()


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8-sig") if b"\0" not in content else None
    except UnicodeDecodeError:
        return None
