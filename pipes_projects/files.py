"""What the compiler may ask of a project's files, beside its manifests, which it gets as texts."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar, cast

from pipes_projects.whereabouts import paths_by_stem

MAX_BYTES = 256 * 1024
"""More than this is read of no file."""
T = TypeVar("T")


class Files(Protocol):
    """What the compiler may ask of the project's other files, by relative path."""

    def is_file(self, path: str) -> bool:
        """Whether there is a file of this path."""
        ...

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder of this path."""
        ...

    @property
    def folders(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """The folders with manifests and scripts, each with the names of its files, by stem."""
        ...

    def siblings(self, folder: str) -> Mapping[str, tuple[str, ...]]:
        """The names of a folder's files, by stem."""
        ...

    def named(self, stem: str) -> tuple[str, ...]:
        """The paths of all files of this stem."""
        ...

    def content(self, path: str) -> bytes | None:
        """What is in a file of the project; None where that cannot be read, or is too long."""
        ...

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """What a judge says of a file's content. It may not be asked twice: a file has one judge,
        and is as it was when the project was read."""
        ...


@dataclass(frozen=True)
class DiskFiles:
    """The files below a project's root."""

    root: Path
    folders: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """See `Files`."""
    _verdicts: dict[str, object] = field(default_factory=dict, compare=False)

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

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        return paths_by_stem(self.root)

    def content(self, path: str) -> bytes | None:
        """See `Files`."""
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0] or name
        if name not in self.siblings(folder).get(stem, ()) and not self.is_file(path):
            return None
        try:
            return _regular_content(self.root / path)
        except (OSError, ValueError):
            return None

    def judged(self, path: str, judge: Callable[[bytes], T | None]) -> T | None:
        """See `Files`."""
        if path not in self._verdicts:
            content = self.content(path)
            self._verdicts[path] = None if content is None else judge(content)
        return cast("T | None", self._verdicts[path])


def _regular_content(path: Path) -> bytes | None:
    """Of a regular file that is not too long; nothing is waited for."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(handle)
        is_fit = stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES
        return os.read(handle, MAX_BYTES) if is_fit else None
    finally:
        os.close(handle)
