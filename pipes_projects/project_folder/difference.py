"""Two states of a project, in git → their pictures and their difference."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from posixpath import basename
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pipes_projects.analysis.changes.files import files_changed, files_changed_in
from pipes_projects.analysis.code_version.parts import CodeReader
from pipes_projects.analysis.diff.code import code_files
from pipes_projects.analysis.diff.commit import Committed
from pipes_projects.analysis.diff.comparing import Scripts, compare
from pipes_projects.analysis.diff.model import Difference
from pipes_projects.analysis.git.repository import Git
from pipes_projects.analysis.imports.closure import PYTHON
from pipes_projects.analysis.picture.making import picture_sources
from pipes_projects.analysis.picture.model import Picture
from pipes_projects.compiler import Memory
from pipes_projects.compiler.check import WITHOUT_READING
from pipes_projects.disk.files import DiskFiles
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.schema.contract.of_project import contract_of
from pipes_projects.schema.contract.reading import contract_in
from pipes_projects.source import Sources

WHERE_THEY_PART = "..."
"""After the name of a commit: where its history and that of the head part."""


class Compared(NamedTuple):
    """A difference, and what was compared."""

    difference: Difference
    base: Picture
    head: Picture
    commits: tuple[str, str | None]
    """Of the base and the head; None for the working tree."""
    left_out: tuple[str, ...] = ()
    """Submodules that could not be compared."""


def compare_commits(layout: Layout, base: str | None, head: str | None) -> Compared:
    """What differs between two commits, or between one and the working tree.

    Without a base, it is where the histories of the head and of the default branch part. Raises
    `GitError`, and `ContractError` if a contract cannot be read.
    """
    git = Git(layout.root)
    old = _committed(git, layout, base, head)
    new = _commit(git, layout, head) if head else None
    contract = _contract(new) if new else contract_of(layout)
    memory = Memory()  # what is the same in both is compiled once
    suspicion = contract.suspicion
    left_out = _left_out(old, new)
    base_sources = _without(old.sources(), left_out)
    before = picture_sources(base_sources, _contract(old, suspicion), WITHOUT_READING, memory)
    sources = _without(new.sources() if new else sources_of(layout), left_out)
    after = picture_sources(sources, contract, WITHOUT_READING, memory)
    reading = old.texts, new.texts if new else partial(_texts, layout.root)
    changed = frozenset(path for path in _changed(old, new) if not _is_in(path, left_out))
    gone = frozenset(
        path for path in changed & old.blobs.keys() if not _is_there(path, new, layout)
    )
    unchanged = _same(changed - gone, *reading)
    unchanged |= _moved(gone, changed - gone - old.blobs.keys(), *reading)
    files = _code_files(after, changed - unchanged, new, layout.root)
    for manifest, removed in _code_files(before, gone, old, layout.root).items():
        files[manifest] = tuple(dict.fromkeys((*files.get(manifest, ()), *removed)))
    found = compare(before, after, files, *reading)
    return Compared(found, before, after, (old.commit, new.commit if new else None), left_out)


def _left_out(old: Committed, new: Committed | None) -> tuple[str, ...]:
    """The submodules of which only one side is known, or neither, unless they are the same."""
    before, after = old.parts.absent, new.parts.absent if new else {}
    either = sorted(before.keys() | after.keys())
    return tuple(path for path in either if before.get(path) != after.get(path))


def _without(sources: Sources, folders: tuple[str, ...]) -> Sources:
    if not folders:
        return sources
    manifests = tuple(file for file in sources.manifests if not _is_in(file.path, folders))
    unreadable = tuple(file for file in sources.unreadable if not _is_in(file.path, folders))
    return sources._replace(manifests=manifests, unreadable=unreadable)


def _is_in(path: str, folders: tuple[str, ...]) -> bool:
    return path in folders or path.startswith(tuple(f"{folder}/" for folder in folders))


def _committed(git: Git, layout: Layout, base: str | None, head: str | None) -> Committed:
    if base and not base.endswith(WHERE_THEY_PART):
        return _commit(git, layout, base)
    named = base.removesuffix(WHERE_THEY_PART) if base else None
    name = named or git.default_branch(layout.production)
    return _with_project(Committed(git, layout, git.fork(name, head or "HEAD"), name))


def _commit(git: Git, layout: Layout, name: str) -> Committed:
    return _with_project(Committed(git, layout, git.known(name), name))


def _with_project(committed: Committed) -> Committed:
    committed.expect_project()
    return committed


def _contract(committed: Committed, suspicion: str = "") -> Contract:
    """What the owner published then."""
    text = committed.text(CONTRACT)
    path = committed.layout.root / f"{committed.name}:{CONTRACT}"
    try:
        schema = json.loads(text) if text else None
    except ValueError:
        schema = {}
    return replace(contract_in(schema, path), suspicion=suspicion)


def _changed(old: Committed, new: Committed | None) -> frozenset[str]:
    if new is None:
        own, *submodules = old.parts.found
        inner = (
            part.above + file.path
            for part in submodules
            for file in files_changed_in(part.git, part.commit)
        )
        found = (file.path for file in files_changed(own.git, old.layout, own.commit))
        return frozenset((*found, *inner))
    either = old.blobs.keys() | new.blobs.keys()
    return frozenset(path for path in either if old.blobs.get(path) != new.blobs.get(path))


def _is_there(path: str, committed: Committed | None, layout: Layout) -> bool:
    return path in committed.blobs if committed else (layout.root / path).is_file()


def _same(paths: Collection[str], before: Scripts, after: Scripts) -> set[str]:
    """Those of which no more than line endings, or the mode, differs."""
    old, new = before(paths), after(paths)
    return {path for path in paths if path in old and old[path] == new.get(path)}


def _moved(
    gone: Collection[str], come: Collection[str], before: Scripts, after: Scripts
) -> set[str]:
    """Those of which no more than the folder differs; what is empty could be any."""
    names = {*map(basename, gone)} & {*map(basename, come)}
    old, new = (
        read([path for path in paths if basename(path) in names]) if names else {}
        for read, paths in ((before, gone), (after, come))
    )
    known = {(basename(path), text) for path, text in old.items() if text.strip()}
    return {path for path, text in new.items() if (basename(path), text) in known}


def _texts(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """The texts of files as they are now, with Unix line endings; of those that are text."""
    files, found = DiskFiles(root), {}
    for path in paths:
        with suppress(UnicodeDecodeError):
            if (content := files.content(path)) is not None:
                found[path] = content.decode("utf-8-sig").replace("\r\n", "\n")
    return found


def _code_files(
    picture: Picture, changed: Collection[str], committed: Committed | None, root: Path
) -> dict[str, tuple[str, ...]]:
    with ExitStack() as stack:

        def reader() -> CodeReader:
            return CodeReader(stack.enter_context(_python(committed)) if committed else root)

        return code_files(picture.compilation.project, changed, reader) if changed else {}


@contextmanager
def _python(committed: Committed) -> Iterator[Path]:
    """A folder with the Python files of a commit, to see what imports what."""
    texts = committed.written(path for path in committed.blobs if path.endswith(PYTHON))
    with TemporaryDirectory(prefix="pipes-projects-") as folder:
        for path, text in texts.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        yield Path(folder)
