"""A project as it would be after a command: nothing is written before this has been compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import Files, T, by_stem
from pipes_projects.source import SourceFile, Sources


class Moves(NamedTuple):
    """Files, and perhaps one folder, that get other paths."""

    files: Mapping[str, str] = {}
    folder: tuple[str, str] | None = None

    def __call__(self, path: str) -> str:
        """The new path of a file, or of something below the folder."""
        if self.folder and _is_below(path, self.folder[0]):
            return self.folder[1] + path.removeprefix(self.folder[0])
        return self.files.get(path, path)

    def back(self, path: str) -> str | None:
        """The old path of what will be at a path; None if nothing will be there."""
        if self.folder and _is_below(path, self.folder[1]):
            return self.folder[0] + path.removeprefix(self.folder[1])
        earlier = next((old for old, new in self.files.items() if new == path), path)
        return None if self(earlier) != path else earlier


@dataclass(frozen=True)
class ChangedFiles:
    """The files of a project, some of which are moved or new."""

    files: Files
    moves: Moves = field(default_factory=Moves)
    fresh: Mapping[str, str] = field(default_factory=dict)
    """The texts of new files, by path."""

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        earlier = self.moves.back(path)
        return path in self.fresh or (earlier is not None and self.files.is_file(earlier))

    def is_folder(self, path: str) -> bool:
        """See `Files`."""
        earlier = self.moves.back(path)
        return path in self._touched or (earlier is not None and self.files.is_folder(earlier))

    @cached_property
    def folders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """See `Files`."""
        paths = {*(self.moves(folder) for folder in self.files.folders), *self._touched}
        return {path: self.siblings(path) for path in sorted(paths)}

    def named(self, stem: str) -> tuple[str, ...]:
        """See `Files`."""
        known = (self.moves(path) for path in self.files.named(stem))
        paths = (*known, *self.moves.files.values(), *self.fresh)
        return tuple(sorted({path for path in paths if PurePosixPath(path).stem == stem}))

    def within(self, folder: str) -> tuple[str, ...]:
        """See `Files`."""
        known = (self.moves(path) for path in self.files.within("."))
        above = "" if folder == "." else f"{folder}/"
        paths = {*known, *self.moves.files.values(), *self.fresh}
        return tuple(sorted(path for path in paths if path.startswith(above)))

    def oddity(self, path: str) -> str | None:
        """See `Files`."""
        earlier = None if path in self.fresh else self.moves.back(path)
        return None if earlier is None else self.files.oddity(earlier)

    def content(self, path: str) -> bytes | None:
        """See `Files`."""
        if path in self.fresh:
            return self.fresh[path].encode()
        earlier = self.moves.back(path)
        return None if earlier is None else self.files.content(earlier)

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`."""
        content = self.content(path)
        return None if content is None else judge(content)

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """See `Files`."""
        earlier = self.moves.back(folder)
        known = self.files.siblings(earlier) if earlier is not None else {}
        if folder not in self._touched:
            return known
        names = [name for names in known.values() for name in names]
        kept = {name for name in names if f"{earlier}/{name}" not in self.moves.files}
        return by_stem(iter(sorted(kept | self._arriving(folder))))

    def _arriving(self, folder: str) -> set[str]:
        paths = (*self.moves.files.values(), *self.fresh)
        return {path.rpartition("/")[2] for path in paths if path.rpartition("/")[0] == folder}

    @cached_property
    def _touched(self) -> frozenset[str]:
        paths = (*self.moves.files, *self.moves.files.values(), *self.fresh)
        return frozenset(path.rpartition("/")[0] for path in paths)


def with_added(sources: Sources, manifest: SourceFile, scripts: Mapping[str, str]) -> Sources:
    """A project with one more manifest, and the scripts that are written with it."""
    return with_all(sources, (manifest,), scripts)


def with_all(
    sources: Sources, manifests: Iterable[SourceFile], others: Mapping[str, str]
) -> Sources:
    """A project with more manifests, and the other files that are written with them."""
    added = tuple(manifests)
    fresh = {**others, **{manifest.path: manifest.text for manifest in added}}
    files = ChangedFiles(sources.files, fresh=fresh)
    together = sorted((*sources.manifests, *added), key=lambda source: source.path)
    return sources._replace(files=files, manifests=tuple(together))


def new_findings(
    before: Compilation, after: Compilation, moved: Callable[[Diagnostic], Diagnostic] | None = None
) -> Iterator[Diagnostic]:
    """Findings that are there only after a change; `moved` maps earlier findings to what they
    become."""
    earlier = map(moved, before.diagnostics) if moved else before.diagnostics
    known = Counter(map(_mark, earlier))
    for diagnostic in after.diagnostics:
        known[_mark(diagnostic)] -= 1
        if known[_mark(diagnostic)] < 0:
            yield diagnostic


def _mark(diagnostic: Diagnostic) -> tuple[str, str, str]:
    """Without the help, as the most similar name may be another one now."""
    return diagnostic.location.path, diagnostic.code, diagnostic.message


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
