"""What a plan does to the files on disk: their bytes before and after, and a patch."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipes_projects.layout import ASSET_KEYS, Layout
from pipes_projects.render.patch import file_patch, head
from pipes_projects.scaffold.renaming.disk import RewrittenFile, pairs
from pipes_projects.scaffold.renaming.literals import Literal, replaced
from pipes_projects.scaffold.renaming.plan import RenamePlan
from pipes_projects.scaffold.renaming.targets import RenameError
from pipes_projects.scaffold.would_be import Moves
from pipes_projects.schema.asset_keys import fresh_keys
from pipes_projects.source import SourceFile

_BOM = b"\xef\xbb\xbf"


def file_changes(
    layout: Layout, planned: RenamePlan, found: Mapping[SourceFile, list[Literal]]
) -> list[RewrittenFile]:
    """The changes of manifests, scripts, and the keys that editors complete."""
    texts = dict(planned.texts)
    texts |= {
        script.path: (script.text, replaced(script.text, places))
        for script, places in found.items()
    }
    changes = [_change(layout.root, path, *texts[path]) for path in sorted(texts)]
    return changes + list(_keys(layout, planned))


def _change(root: Path, path: str, old: str, new: str) -> RewrittenFile:
    raw = (root / path).read_bytes()
    start = _BOM if raw.startswith(_BOM) and not old.startswith("\ufeff") else b""
    if raw != start + old.encode():
        raise RenameError(f"{path} has just been changed by something else")
    return RewrittenFile(path, raw, start + new.encode())


def _keys(layout: Layout, planned: RenamePlan) -> Iterator[RewrittenFile]:
    if not layout.asset_keys.is_file():
        return
    before = layout.asset_keys.read_bytes()
    known = before.decode("utf-8", "replace").replace("\r\n", "\n")
    after = fresh_keys(planned.after.project, known)
    if after != known:
        yield RewrittenFile(ASSET_KEYS, before, after.encode())


def patch_of(root: Path, changes: list[RewrittenFile], moves: Moves, folder: str) -> Iterator[str]:
    """All changes as one patch in Git's format; `folder` is that of the project, relative to the
    patch."""
    edits = {change.path: change for change in changes}
    for path in sorted({*edits, *_moving(root, moves)}):
        old, new = ("/".join(filter(None, (folder, place))) for place in (path, moves(path)))
        yield head(old, new)
        if path in edits:
            before, after = (edit.decode("utf-8", "replace") for edit in edits[path][1:])
            yield from file_patch(old, before, after, new)


def _moving(root: Path, moves: Moves) -> Iterator[str]:
    """Every file that gets another path, except for what Python has cached."""
    if moves.folder is None:
        yield from (old for old, _ in pairs(moves))
        return
    for above, folders, names in os.walk(root / moves.folder[0]):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from ((Path(above) / name).relative_to(root).as_posix() for name in names)
