"""What `code_paths` names, as files, folders or patterns → the matching files of the project."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.disk.files import Files
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.disk.whereabouts import links_within

_WILD = frozenset("*?[")


def is_outside(path: str) -> bool:
    """Whether a path, relative to the project, leads out of it."""
    return path == ".." or path.startswith(("../", "/"))


def matched(path: str, files: Files) -> tuple[str, ...]:
    """The files that a path matches; for a folder, all in it. `*` is any part of a name, `**` any
    folders. A leading dot must be matched explicitly."""
    if files.is_file(path):
        return (path,)
    anchored = PathPatterns((f"./{path}",))
    return tuple(file for file in files.within(fixed_part(path)) if file in anchored)


def matched_links(path: str, root: Path) -> tuple[str, ...]:
    """The links that a path would match if links were followed."""
    anchored = PathPatterns((f"./{path}",))
    return tuple(link for link in links_within(root, fixed_part(path)) if link in anchored)


def fixed_part(path: str) -> str:
    """The folders at the beginning of a path, before the first with a pattern."""
    steps = path.split("/")
    wild = next((at for at, step in enumerate(steps) if _WILD.intersection(step)), len(steps))
    return "/".join(steps[:wild]) or "."
