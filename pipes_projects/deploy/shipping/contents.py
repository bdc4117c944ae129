"""The files of a project as they are shipped: byte for byte, and none from outside of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from pipes_projects.analysis.script_text import KEPT, ScriptText, as_notebook
from pipes_projects.deploy.errors import DeployError
from pipes_projects.disk.boundary import LeadsOutError, leads_out, open_file, read_file
from pipes_projects.kinds.notebook.cells import ENDING

_PIECE: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"
_MOVE_IN: Final = "only what is inside the project is shipped: put a file in place of the link"


class ShippedFiles:
    """Hashes each file once; texts of scripts, which nobody needs twice, are not kept."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.with_marks = set[str]()
        """The files whose hash as code is another one: notebooks, and those that may have Windows
        line endings or a byte order mark."""
        self._hashes: dict[str, str] = {}
        self._executable: dict[str, bool] = {}
        self._sound: dict[str, bool] = {}
        self._places: dict[str, str] = {}
        self._links: set[str] = set()

    def hash(self, path: str) -> str:
        """SHA-256 of a file, in hexadecimal; raises `DeployError`."""
        if path not in self._hashes:
            with _refusals(path), open_file(self._place(path)) as file:
                self._hashes[path], has_marks = _hash_of(file)
            self.with_marks.update([path] if has_marks or path.endswith(ENDING) else ())
        return self._hashes[path]

    def read(self, path: str) -> bytes:
        """What is in a file; raises `DeployError`."""
        place = self._place(path)
        with _refusals(path):
            data = read_file(place, KEPT)
            if len(data) <= KEPT:
                return data
            with open_file(place) as file:
                return file.read()

    def text(self, path: str) -> ScriptText:
        """The text of a script, whose hash is known from then on."""
        data = self.read(path)
        self._hashes[path] = sha256(data).hexdigest()
        self.with_marks.update([path] if _has_marks(data) or path.endswith(ENDING) else ())
        try:
            text = data[:KEPT].decode("utf-8-sig") if b"\0" not in data else None
        except UnicodeDecodeError:
            text = None
        found = ScriptText(self._hashes[path], text, len(data) > KEPT)
        return as_notebook(found, self._place(path)) if path.endswith(ENDING) else found

    def is_executable(self, path: str) -> bool:
        """Whether its owner can run a file by its path; raises `DeployError`."""
        if path not in self._executable:
            with _refusals(path):
                mode = os.stat(self._place(path)).st_mode
            self._executable[path] = bool(mode & stat.S_IXUSR)
        return self._executable[path]

    def real(self, path: str) -> str:
        """The file of the project that a path, which may be a link, stands for."""
        place = self._place(path)
        if path not in self._links:
            return path
        real = os.path.relpath(os.path.realpath(place), os.path.realpath(self.root))
        return real.replace(os.sep, "/")

    def _place(self, path: str) -> str:
        """Where it is on disk; raises `DeployError` if links lead out of the project."""
        if path not in self._places:
            self._places[path] = self._checked(path)
        return self._places[path]

    def _checked(self, path: str) -> str:
        place, folder = f"{self.root}/{path}", path.rpartition("/")[0]
        if folder not in self._sound:
            self._sound[folder] = not leads_out(os.path.join(self.root, folder), self.root)
        if os.path.islink(place):
            self._links.add(path)
        if not self._sound[folder] or (path in self._links and leads_out(place, self.root)):
            raise DeployError(str(LeadsOutError(path)), _MOVE_IN)
        return place


def _hash_of(file: BinaryIO) -> tuple[str, bool]:
    """The hash of a file that may be large, and whether it may have marks."""
    digest, has_marks = sha256(), False
    while piece := file.read(_PIECE):
        digest.update(piece)
        has_marks = has_marks or _has_marks(piece)
    return digest.hexdigest(), has_marks


def _has_marks(data: bytes) -> bool:
    return b"\r" in data or data.startswith(_BOM)


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    """The system's errors, as a `DeployError`."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        help_ = "let this user read it, or take it out of what the script needs"
        raise DeployError(f"`{path}` cannot be read: {why}", help_) from None
