"""What the compiler may ask about a project's files, besides its manifests, which it gets as
texts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar

from pipes_projects.disk.boundary import leads_out, oddity, read_file
from pipes_projects.disk.whereabouts import paths_by_stem, paths_within

MAX_BYTES = 256 * 1024
"""No more than this is read of any file."""
_AFTER_SLASH = chr(ord("/") + 1)
"""Sorts after every path in a folder, at the slash's place."""
T = TypeVar("T")


class Files(Protocol):
    """What the compiler may ask about the project's other files, by relative path."""

    def is_file(self, path: str) -> bool:
        """Whether there is a file with this path."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder with this path."""
        ...

    @property
    def folders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """The folders with manifests and scripts, each with the names of its files, by stem."""
        ...

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """The names of a folder's files, by stem."""
        ...

    def named(self, stem: str) -> tuple[str, ...]:
        """The paths of all files with this stem."""
        ...

    def within(self, folder: str) -> tuple[str, ...]:
        """The paths of all files in a folder and below; `.` is the project's own folder."""
        ...

    def oddity(self, path: str) -> str | None:
        """What is at this path instead of a file of the project; None if there is such a file, or
        nothing."""
        ...

    def content(self, path: str) -> bytes | None:
        """The content of a file of the project; None if it cannot be read, or is too long."""
        ...

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """What a judge says about a file's content; None if there is none. The judge need not be
        asked if its answer is known."""
        ...


@dataclass(frozen=True)
class DiskFiles:
    """The files below a project's root."""

    root: Path
    folders: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """See `Files`."""
    _within: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        target = self.root / path
        try:
            return target.is_file() and target.resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError):
            return False

    def is_folder(self, path: str) -> bool:
        """See `Files`."""
        try:
            return (self.root / path).is_dir()
        except (OSError, ValueError):
            return False

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """See `Files`."""
        return self.folders.get(folder, {})

    def named(self, stem: str) -> tuple[str, ...]:
        """See `Files`."""
        return self._paths.get(stem, ())

    def within(self, folder: str) -> tuple[str, ...]:
        """See `Files`."""
        if folder not in self._within:
            out = leads_out(self.root / folder, self.root)
            self._within[folder] = () if out else paths_within(self.root, folder)
        return self._within[folder]

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        return paths_by_stem(self.root)

    def oddity(self, path: str) -> str | None:
        """See `Files`."""
        return oddity(self.root, path)

    def content(self, path: str) -> bytes | None:
        """See `Files`."""
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0] or name
        if name not in self.siblings(folder).get(stem, ()) and not self.is_file(path):
            return None
        try:
            content = read_file(f"{self.root}/{path}", MAX_BYTES)
        except (OSError, ValueError):
            return None
        return content if len(content) <= MAX_BYTES else None

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`."""
        content = self.content(path)
        return None if content is None else judge(content)


@dataclass(frozen=True)
class TextFiles:
    """Files as only their names, with contents where these are given: for editors and tests."""

    paths: frozenset[str]
    contents: Mapping[str, bytes] = field(default_factory=dict)

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        return path in self.paths

    def is_folder(self, path: str) -> bool:
        """See `Files`."""
        return path in self._all_folders

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """See `Files`."""
        return self.folders.get(folder, {})

    def content(self, path: str) -> bytes | None:
        """See `Files`."""
        return self.contents.get(path)

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`."""
        content = self.contents.get(path)
        return None if content is None else judge(content)

    def oddity(self, path: str) -> None:
        """See `Files`."""
        del path

    def named(self, stem: str) -> tuple[str, ...]:
        """See `Files`."""
        return self._by_stem.get(stem, ())

    def within(self, folder: str) -> tuple[str, ...]:
        """See `Files`."""
        if folder == ".":
            return self._sorted
        first, last = (bisect_left(self._sorted, folder + end) for end in ("/", _AFTER_SLASH))
        return self._sorted[first:last]

    @cached_property
    def _sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self.paths))

    @cached_property
    def _by_stem(self) -> Mapping[str, tuple[str, ...]]:
        paths: dict[str, list[str]] = {}
        for path in self._sorted:
            paths.setdefault(PurePosixPath(path).stem, []).append(path)
        return {stem: tuple(found) for stem, found in paths.items()}

    @cached_property
    def folders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """See `Files`."""
        names: dict[str, list[str]] = {}
        for path in map(PurePosixPath, sorted(self.paths)):
            names.setdefault(str(path.parent), []).append(path.name)
        return {folder: by_stem(iter(files)) for folder, files in names.items()}

    @cached_property
    def _all_folders(self) -> frozenset[str]:
        return frozenset(folder for path in self.paths for folder in (".", *folders_above(path)))


class Judgement(Protocol):
    """How a judge is asked about one of these files."""

    def __call__(self, files: Files, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files.judged`."""
        ...


def _just_asked(files: Files, path: str, judge: Callable[[bytes], T | None]) -> T | None:
    return files.judged(path, judge)


@dataclass(frozen=True)
class JudgedFiles:
    """Other files unchanged, except for the way in which judges are asked about them."""

    files: Files
    judgement: Judgement = field(default=_just_asked, compare=False, repr=False)

    def is_file(self, path: str) -> bool:
        """See `Files`."""
        return self.files.is_file(path)

    def is_folder(self, path: str) -> bool:
        """See `Files`."""
        return self.files.is_folder(path)

    @property
    def folders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """See `Files`."""
        return self.files.folders

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """See `Files`."""
        return self.files.siblings(folder)

    def named(self, stem: str) -> tuple[str, ...]:
        """See `Files`."""
        return self.files.named(stem)

    def within(self, folder: str) -> tuple[str, ...]:
        """See `Files`."""
        return self.files.within(folder)

    def oddity(self, path: str) -> str | None:
        """See `Files`."""
        return self.files.oddity(path)

    def content(self, path: str) -> bytes | None:
        """See `Files`."""
        return self.files.content(path)

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`."""
        return self.judgement(self.files, path, judge)


def folders_above(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first; without the top, which has no name."""
    while path := path.rpartition("/")[0]:
        yield path


def by_stem(names: Iterator[str]) -> dict[str, tuple[str, ...]]:
    """File names by their stem, without the last ending."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        stem = name.rpartition(".")[0] or name
        found[stem] = (*found.get(stem, ()), name)
    return found
