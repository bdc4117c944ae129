"""Where in a project the files with a name are: asked only about files that are not where they
should be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

MOST_FOLDERS = 5_000
_ELSEWHERE = frozenset({"__pycache__", "node_modules", "site-packages"})


def paths_within(root: Path, folder: str) -> tuple[str, ...]:
    """The paths of all files of a project in a folder and below."""
    return tuple(sorted(_paths(root, "" if folder == "." else folder)))


def links_within(root: Path, folder: str) -> tuple[str, ...]:
    """The paths of the links there, to files or folders, which are not followed."""
    start = "" if folder == "." else folder
    return tuple(
        sorted(path for path in _paths(root, start, links=True) if (root / path).is_symlink())
    )


def paths_by_stem(root: Path) -> dict[str, tuple[str, ...]]:
    """The paths of all files below a folder, by their stems."""
    found: dict[str, tuple[str, ...]] = {}
    for path in _paths(root):
        stem = os.path.basename(path).rpartition(".")[0]
        found[stem] = (*found.get(stem, ()), path)
    return found


def _paths(root: Path, start: str = "", links: bool = False) -> Iterator[str]:
    """Files, folder by folder, without following links or entering environments and the like; links
    themselves only if asked for."""
    pending, folders = [start], 0
    while pending and folders < MOST_FOLDERS:
        folder = pending.pop()
        folders += 1
        for entry in _entries(root / folder):
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif entry.is_file(follow_symlinks=False) or (links and entry.is_symlink()):
                yield path


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    if any(entry.name == "pyvenv.cfg" for entry in entries):
        return []
    return [
        entry
        for entry in entries
        if entry.name not in _ELSEWHERE and not entry.name.startswith(".")
    ]
