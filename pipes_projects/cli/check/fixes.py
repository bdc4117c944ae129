"""`check --fix` and `check --diff`: the findings' edits, written to disk or shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipes_projects.analysis.fixing import FixOutcome, Select, apply_fixes
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import contract_at
from pipes_projects.cli.streams import hand_over_patch, tell
from pipes_projects.diagnostics import DeleteFile, Diagnostic
from pipes_projects.disk.writing import clear_unfinished, may_be_written, replace
from pipes_projects.layout import Layout
from pipes_projects.project_folder import sources_of
from pipes_projects.render.patch import file_patch, head
from pipes_projects.source import Sources

_BOM = b"\xef\xbb\xbf"


class _RefusedError(Exception):
    """Says why a file is left as it is."""


class _Change(NamedTuple):
    """A file's text before and after; None if the file is removed."""

    path: str
    old: str
    new: str | None


def write_fixes(layout: Layout, select: Select) -> bool:
    """Make the edits on disk, and say which; returns whether all of them could be written."""
    before, after = _fixed(layout, select)
    for folder in {(layout.root / manifest.path).parent for manifest in before.manifests}:
        clear_unfinished(folder)
    refused: dict[str, str] = {}
    for change in _changes(before, after):
        try:
            _write(layout.root, change)
        except (_RefusedError, OSError) as error:
            refused[change.path] = getattr(error, "strerror", None) or str(error)
    for finding in after.fixed:
        if _path(finding) not in refused and finding.fix:
            tell(f"fixed {finding.location}: {finding.fix.message}")
    for path, reason in refused.items():
        tell(f"Error: {path} was not fixed: {reason.lower()}")
    _tell_untried(after)
    return not refused


def show_fixes(layout: Layout, select: Select, folder: str) -> None:
    """Show the edits as a patch, and nothing else on standard output; `folder` is the project's
    folder, as the patch names it."""
    before, after = _fixed(layout, select)
    for change in _changes(before, after):
        if not hand_over_patch("".join(_diff(layout.root, change, folder))):
            tell(f"{change.path}: this patch cannot be applied, as not all of it can be shown")
    number = len(after.fixed)
    count = f"{number} findings" if number != 1 else "1 finding"
    tell(f"--fix would fix {count}")
    _tell_untried(after)


def _tell_untried(after: FixOutcome) -> None:
    if after.untried:
        tell(f"{after.untried} more have fixes that were not tried yet: run it again")


def _fixed(layout: Layout, select: Select) -> tuple[Sources, FixOutcome]:
    before, contract = sources_of(layout), contract_at(layout)
    with doing("trying fixes"):
        return before, apply_fixes(before, contract, select)


def _path(finding: Diagnostic) -> str:
    edit = finding.fix.edits[0] if finding.fix else None
    return edit.path if isinstance(edit, DeleteFile) else finding.location.path


def _changes(before: Sources, after: FixOutcome) -> Iterator[_Change]:
    texts = {manifest.path: manifest.text for manifest in after.sources.manifests}
    for source in before.manifests:
        new = texts.get(source.path)
        if new != source.text:
            yield _Change(source.path, source.text, new)


def _write(root: Path, change: _Change) -> None:
    path = root / change.path
    _refuse_if_kept(root, path)
    raw = path.read_bytes()
    start = raw[: len(_BOM)] if raw.startswith(_BOM) else b""
    if raw != start + change.old.encode():
        raise _RefusedError("something else has just changed it")
    if change.new is None:
        path.unlink()
    else:
        replace(path, start + change.new.encode())


def _refuse_if_kept(root: Path, path: Path) -> None:
    """A file may be written if it is in the project, and no link leads to it."""
    if path.resolve() != root.resolve() / path.relative_to(root):
        raise _RefusedError("a link leads to it")
    if not may_be_written(path):
        raise _RefusedError("it is read-only")


def _diff(root: Path, change: _Change, folder: str) -> Iterator[str]:
    file = root / change.path
    path = "/".join(filter(None, (folder, change.path)))
    start = "\ufeff" if file.read_bytes().startswith(_BOM) else ""
    new = None if change.new is None else start + change.new
    yield head(path)
    if change.new is None:  # a file without lines is removed too
        yield f"deleted file mode {'100755' if os.access(file, os.X_OK) else '100644'}\n"
    yield from file_patch(path, start + change.old, new)
