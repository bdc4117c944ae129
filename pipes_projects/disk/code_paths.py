"""What `code_paths` names, as files, folders or patterns → the matching files of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipes_projects.disk.files import Files
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.disk.whereabouts import links_within

_WILD = frozenset("*?[")
_NOT_LITERAL = re.compile(r"\[.*\]|[*?/]")


def is_outside(path: str) -> bool:
    """Whether a path, relative to the project, leads out of it."""
    return path == ".." or path.startswith(("../", "/"))


def matched(path: str, files: Files) -> tuple[str, ...]:
    """The files that a path matches; for a folder, all in it. `*` is any part of a name, `**` any
    folders. A leading dot must be matched explicitly."""
    return tuple(_matching(path, files))


def matches_any(path: str, files: Files) -> bool:
    """Whether a path matches a file: it takes no longer than to find the first."""
    return next(_matching(path, files), None) is not None


def _matching(path: str, files: Files) -> Iterator[str]:
    if files.is_file(path):
        yield path
        return
    within = files.within(fixed_part(path))
    if _may_match(path, within):
        anchored = PathPatterns((f"./{path}",))
        yield from (file for file in within if file in anchored)


def _may_match(path: str, within: Iterable[str]) -> bool:
    """Whether each literal part of a pattern is in some path: quick to say of many."""
    names = "\n".join(within)
    return all(part in names for part in _NOT_LITERAL.split(path) if part != ".")


def matched_links(path: str, root: Path) -> tuple[str, ...]:
    """The links that a path would match if links were followed."""
    anchored = PathPatterns((f"./{path}",))
    return tuple(link for link in links_within(root, fixed_part(path)) if link in anchored)


def fixed_part(path: str) -> str:
    """The folders at the beginning of a path, before the first with a pattern."""
    steps = path.split("/")
    wild = next((at for at, step in enumerate(steps) if _WILD.intersection(step)), len(steps))
    return "/".join(steps[:wild]) or "."
