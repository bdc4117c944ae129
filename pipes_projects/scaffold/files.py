"""Writing files that do not exist yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipes_projects.disk.boundary import refuse_no_folder, refuse_outside

T = TypeVar("T")


class Written(NamedTuple):
    """The files that were written, and those that already existed."""

    fresh: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_new(folder: Path, texts: Mapping[str, str]) -> Written:
    """Write each text to its path below `folder`, unless something is there.

    Raises `BoundaryError`, with nothing written, if links lead out of the folder, or something that
    should be a folder is none.
    """

    def put(path: Path, text: str) -> None:
        path.write_text(text, "utf-8", newline="\n")

    return _written(folder, texts, put)


def copy_new(folder: Path, sources: Mapping[str, Path]) -> Written:
    """Copy each file, with its mode, to its path below `folder`, as `write_new` does."""
    return _written(folder, sources, lambda path, source: shutil.copy(source, path))


def _written(folder: Path, contents: Mapping[str, T], put: Callable[[Path, T], object]) -> Written:
    fresh, kept = [], []
    for name in contents:
        refuse_outside((folder / name).parent, folder)
        refuse_no_folder((folder / name).parent, folder)
    for name, content in contents.items():
        path = folder / name
        if path.exists() or path.is_symlink():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, content)
        fresh.append(path)
    return Written(tuple(fresh), tuple(kept))
