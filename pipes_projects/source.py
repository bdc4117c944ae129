"""What the compiler reads: the texts of a project, and places in them.

The only module below the command line that reads a project's files.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from pipes_projects.disk.boundary import leads_out
from pipes_projects.disk.entries import NoTextError, is_file, is_folder, read_text, reason
from pipes_projects.disk.files import DiskFiles, Files, by_stem, folders_above
from pipes_projects.disk.patterns import PathPatterns

MANIFEST_ENDINGS = (".yaml", ".yml")
DEFAULTS_STEM = "_defaults"
HIDDEN_DEFAULTS = (".default", ".defaults")
"""Stems that are taken for it by mistake: as hidden files, they are not read."""
MAX_FOLDERS = 20_000
SHORT = 4096  # up to this many characters, finding a line takes no longer than indexing all lines
_BREAK = re.compile(r"\r\n?|\n")


class Position(NamedTuple):
    """A point in a text; both numbers count from zero, columns in code points."""

    line: int
    column: int


class Span(NamedTuple):
    """From the first character to the place after the last."""

    start: Position
    end: Position


START = Span(Position(0, 0), Position(0, 0))


class Location(NamedTuple):
    """A span in a file of the project; the path is relative to the project, with slashes."""

    path: str
    span: Span = START

    def __str__(self) -> str:
        return f"{self.path}:{self.span.start.line + 1}:{self.span.start.column + 1}"


@dataclass(frozen=True)
class SourceFile:
    """A manifest's text, without a byte order mark."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Where each line begins, by the line breaks that editors know: LF, CRLF, CR."""
        if "\r" in self.text:
            return [0, *(match.end() for match in _BREAK.finditer(self.text))]
        lengths = map(len, self.text.split("\n"))
        return [0, *(end + number for number, end in enumerate(accumulate(lengths), 1))][:-1]

    def position(self, index: int) -> Position:
        """The position of the character at `index`, never past the end of the text."""
        if len(self.text) < SHORT and "\r" not in self.text:
            index = min(index, len(self.text))
            return Position(
                self.text.count("\n", 0, index), index - self.text.rfind("\n", 0, index) - 1
            )
        starts, index = self.line_starts, min(index, len(self.text))
        if self.text[index - 1 : index + 1] == "\r\n":  # one break, at whose start the line ends
            index -= 1
        line = bisect_right(starts, index) - 1
        return Position(line, index - starts[line])

    def index(self, position: Position) -> int:
        """The index of the character at a position."""
        return self.line_starts[position.line] + position.column

    def line(self, number: int) -> str:
        """The text of a line (counted from zero), without its break."""
        start, end = self.bounds(number)
        return self.text[start:end]

    def bounds(self, number: int) -> tuple[int, int]:
        """The indices at which a line begins and ends, without its break."""
        starts, text = self.line_starts, self.text
        start = starts[number]
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        while end > start and text[end - 1] in "\r\n":
            end -= 1
        return start, end


class Unreadable(NamedTuple):
    """A file or folder that could not be read, and why, in words for its author."""

    path: str
    reason: str
    help: str
    line: int = 0
    """The line where it becomes unreadable, counted from zero."""


class Sources(NamedTuple):
    """Everything that compiling a project depends on, apart from its contract."""

    files: Files
    manifests: tuple[SourceFile, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    defs: str = "defs"
    ignored: PathPatterns = PathPatterns()
    """Files that are ignored; YAML files among them are not read."""
    hints: bool = True
    """Whether hints are reported."""


def read_sources(
    root: Path,
    defs: str = "defs",
    ignore: tuple[str, ...] = (),
    hints: bool = True,
    only: frozenset[str] | None = None,
) -> Sources:
    """Read every manifest below `root`/`defs` that `ignore` does not match; what cannot be read is
    listed, never raised. Without `hints`, no hints are reported.

    If `only` is given, those of its paths that exist are read, and the defaults in the folders
    above them: no other folder is opened.
    """
    return _Reader(root, defs, PathPatterns(ignore), only).read()._replace(hints=hints)


class _Reader:
    def __init__(
        self, root: Path, defs: str, ignored: PathPatterns, only: frozenset[str] | None
    ) -> None:
        self.root, self.defs, self.ignored, self.only = root, defs, ignored, only
        self.on_the_way = {above for path in only or () for above in folders_above(path)}
        self.files = DiskFiles(root)
        self.manifests: list[SourceFile] = []
        self.unreadable: list[Unreadable] = []
        self.folders = 0

    def read(self) -> Sources:
        pending = [(self.root / self.defs, self.defs, frozenset[tuple[int, int]]())]
        if leads_out(self.root / self.defs, self.root):
            self._refuse(self.defs, *_LEADS_OUT)
            pending = []
        while pending:
            self.folders += 1
            if self.folders > MAX_FOLDERS:
                why = f"there are more than {MAX_FOLDERS} folders here"
                self._refuse(self.defs, why, "links between folders multiply: remove them")
                break
            folder, path, above = pending.pop()
            pending += reversed(list(self._folder(folder, path, above)))
        manifests, lost = tuple(self.manifests), tuple(self._lost())
        return Sources(self.files, manifests, lost, self.defs, self.ignored)

    def _lost(self) -> Iterator[Unreadable]:
        """What could not be read: not folders, whatever their names, from which manifests were."""
        found = self.manifests if self.unreadable else ()
        used = {above for file in found for above in folders_above(file.path)} - {self.defs}
        return (file for file in self.unreadable if file.path not in used)

    def _folder(
        self, folder: Path, path: str, above: frozenset[tuple[int, int]]
    ) -> Iterator[tuple[Path, str, frozenset[tuple[int, int]]]]:
        """Read a folder's manifests, and yield the folders in it."""
        try:
            identity = (folder.stat().st_dev, folder.stat().st_ino)
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._refuse(path, *reason(error))
            return
        if identity in above:
            self._refuse(path, "this link leads back to a folder above it", "remove the link")
            return
        names = []
        for entry in entries:
            below = f"{path}/{entry.name}"
            if _is_skipped(entry.name):
                names += [entry.name] if below.isprintable() and _may_be_defaults(entry) else []
                self._no_defaults(entry, below)
            elif entry.is_symlink() and leads_out(entry.path, self.root):
                self._link_out(entry, below)
            elif is_folder(entry):
                self._file(entry, below)  # only to refuse it, if it has a manifest's name
                if self.only is None or below in self.on_the_way:
                    yield folder / entry.name, below, above | {identity}
            else:
                names += [entry.name] if below.isprintable() and is_file(entry) else []
                self._file(entry, below)
        self.files.folders[path] = by_stem(iter(names))

    def _link_out(self, entry: os.DirEntry[str], path: str) -> None:
        """For a script, the manifest that would run it reports this."""
        if entry.name.endswith(MANIFEST_ENDINGS) or is_folder(entry):
            self._refuse(path, *_LEADS_OUT)

    def _no_defaults(self, entry: os.DirEntry[str], path: str) -> None:
        """Refuse a folder and the like that is called almost like defaults."""
        if entry.name.lower().startswith(_ALMOST_DEFAULTS) and not is_file(entry):
            self._file(entry, path)

    def _file(self, entry: os.DirEntry[str], path: str) -> None:
        if not _may_be_manifest(entry) or path in self.ignored:
            return None
        if self.only is not None and path not in self.only and not _is_defaults(entry.name):
            return None
        if not path.isprintable():
            shown = path.encode("ascii", "backslashreplace").decode("ascii")
            why = "this manifest's path has characters that cannot be shown"
            return self._refuse(shown, why, "rename it")
        try:
            text = read_text(entry)
        except OSError as error:
            self._refuse(path, *reason(error))
        except NoTextError as refused:
            self._refuse(path, *refused.args)
        else:
            one = (SourceFile(path, text),)
            self.manifests.extend(() if _is_component(path, text, self.defs) else one)

    def _refuse(self, path: str, why: str, help_: str, line: int = 0) -> None:
        self.unreadable.append(Unreadable(path, why, help_, line))


_ALMOST_DEFAULTS = DEFAULTS_STEM[:-1]
_TYPE = re.compile(r"^type *:", re.MULTILINE)
_LEADS_OUT = (
    "this link leads out of the project",
    "only what is in the project is read, and deployed with it: put it there",
)


def _is_defaults(name: str) -> bool:
    return name.partition(".")[0] == DEFAULTS_STEM


def _is_component(path: str, text: str, defs: str) -> bool:
    """Whether Dagster's `dg` reads this, as the component that is the whole project."""
    return path in (f"{defs}/defs.yaml", f"{defs}/defs.yml") and _TYPE.search(text) is not None


def _is_skipped(name: str) -> bool:
    if name.startswith(DEFAULTS_STEM) and name.endswith(MANIFEST_ENDINGS):
        return name[: -len(".yaml")] != DEFAULTS_STEM and name[: -len(".yml")] != DEFAULTS_STEM
    return name.startswith(("_", "."))


def _may_be_defaults(entry: os.DirEntry[str]) -> bool:
    """Whether a file that is skipped may be a misspelled `_defaults.yaml`."""
    name = entry.name.lower()
    is_hidden = name.rpartition(".")[0] in HIDDEN_DEFAULTS
    is_yaml = (name[0] == "_" or is_hidden) and name.endswith(MANIFEST_ENDINGS)
    return (is_yaml or name.partition(".")[0] == DEFAULTS_STEM) and is_file(entry)


def _may_be_manifest(entry: os.DirEntry[str]) -> bool:
    """Whether this has a manifest's name; files whose name is almost one are reported as such."""
    name = entry.name
    return name.endswith(MANIFEST_ENDINGS) or (
        name.lower().endswith(MANIFEST_ENDINGS) and not is_file(entry)
    )
