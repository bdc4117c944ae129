"""Files that change and move together: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.disk.writing import may_be_written, replace
from pipes_projects.layout import repository_of
from pipes_projects.scaffold.renaming.targets import RenameError
from pipes_projects.scaffold.would_be import Moves


class RewrittenFile(NamedTuple):
    """A file's content before and after, by its old path."""

    path: str
    before: bytes
    after: bytes


def pairs(moves: Moves) -> list[tuple[str, str]]:
    """What moves, and where to."""
    return [moves.folder] if moves.folder else list(moves.files.items())


def refuse_unsafe(root: Path, changes: list[RewrittenFile], moves: Moves) -> None:
    """Raises `RenameError` if something cannot be written, or already exists."""
    for change in changes:
        path = root / change.path
        if path.resolve() != root.resolve() / change.path:
            raise RenameError(f"{change.path} would change, but is reached through a link")
        if not may_be_written(path):
            raise RenameError(f"{change.path} would change, but is read-only")
    for old, new in pairs(moves):
        source, target = root / old, root / new
        if os.path.lexists(target) and not _is_same(source, target):
            raise RenameError(f"{new} already exists")
        if source.is_symlink() or source.parent.resolve() != root.resolve() / Path(old).parent:
            raise RenameError(f"{old} would move, but is reached through a link")
        if not _stays_inside(root, target):
            raise RenameError(f"{new} would be outside the project: a link leads there")


def _is_same(source: Path, target: Path) -> bool:
    """Whether they are the same file, on a disk that ignores case."""
    return target.exists() and source.samefile(target)


def _stays_inside(root: Path, target: Path) -> bool:
    above = next(folder for folder in target.parents if folder.exists())
    return above.resolve() == root.resolve() / above.relative_to(root)


def apply(
    root: Path, changes: list[RewrittenFile], moves: Moves, verify: Callable[[], None]
) -> None:
    """Write and move; if that fails, or `verify` raises, everything is put back as it was."""
    undo: list[Callable[[], object]] = []
    try:
        for change in changes:
            _write(root, change, undo)
        for old, new in pairs(moves):
            _move(root, old, new, undo)
        verify()
    except BaseException as error:
        if stuck := list(_undone(undo)):
            raise RenameError(f"{error}; this could not be put back: {'; '.join(stuck)}") from error
        if isinstance(error, OSError | GitError):
            raise RenameError(f"nothing was renamed: {error}") from None
        raise


def _undone(undo: list[Callable[[], object]]) -> Iterator[str]:
    """Undo all that can be undone; yields why the rest cannot."""
    for step in reversed(undo):
        try:
            step()
        except (OSError, GitError) as error:
            yield str(error)


def _write(root: Path, change: RewrittenFile, undo: list[Callable[[], object]]) -> None:
    path = root / change.path
    if path.read_bytes() != change.before:
        raise RenameError(f"{change.path} has just been changed by something else")
    undo.append(partial(replace, path, change.before))
    replace(path, change.after)


def _move(root: Path, old: str, new: str, undo: list[Callable[[], object]]) -> None:
    for folder in reversed(list(_missing(root, new))):
        folder.mkdir()
        undo.append(partial(_remove_empty, folder))
    undo.append(partial(_move_back, root, old, new))
    _rename(root, old, new)


def _move_back(root: Path, old: str, new: str) -> None:
    """Even if git no longer works, the file is moved back."""
    before, after = root / old, root / new
    if not os.path.lexists(after) or (os.path.lexists(before) and not _is_same(before, after)):
        return
    try:
        _rename(root, new, old)
    except GitError:
        after.rename(before)


def _missing(root: Path, new: str) -> Iterator[Path]:
    return (folder for folder in (root / new).parents if not folder.exists())


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _rename(root: Path, old: str, new: str) -> None:
    """With git if it tracks the file, so that it still does afterwards."""
    if _is_tracked(root, old):
        Git(root)("mv", "--", old, new)
    else:
        (root / old).rename(root / new)


def _is_tracked(root: Path, path: str) -> bool:
    if repository_of(root) is None:
        return False
    try:
        return bool(Git(root)("ls-files", "-z", "--", path))
    except GitError:
        return False
