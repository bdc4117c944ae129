"""Two states of a project, in git → their pictures and their difference."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from pipes_projects.analysis.changes.files import files_changed, texts_of
from pipes_projects.analysis.code_version.parts import CodeReader
from pipes_projects.analysis.diff.code import code_files
from pipes_projects.analysis.diff.commit import Committed
from pipes_projects.analysis.diff.comparing import compare
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

WHERE_THEY_PART = "..."
"""After the name of a commit: where its history and that of the head part."""


class Compared(NamedTuple):
    """A difference, and what was compared."""

    difference: Difference
    base: Picture
    head: Picture
    commits: tuple[str, str | None]
    """Of the base and the head; None for the working tree."""


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
    before = picture_sources(old.sources(), _contract(old, suspicion), WITHOUT_READING, memory)
    sources = new.sources() if new else sources_of(layout)
    after = picture_sources(sources, contract, WITHOUT_READING, memory)
    changed = _changed(old, new)
    with ExitStack() as stack:

        def reader() -> CodeReader:
            return CodeReader(stack.enter_context(_python(new)) if new else layout.root)

        files = code_files(after.compilation.project, changed, reader)
    found = compare(before, after, files, _reading(old), _reading(new, layout.root))
    return Compared(found, before, after, (old.commit, new.commit if new else None))


def _committed(git: Git, layout: Layout, base: str | None, head: str | None) -> Committed:
    if base and not base.endswith(WHERE_THEY_PART):
        return _commit(git, layout, base)
    name = base.removesuffix(WHERE_THEY_PART) if base else git.default_branch(layout.production)
    return Committed(git, layout, git.fork(name, head or "HEAD"), name)


def _commit(git: Git, layout: Layout, name: str) -> Committed:
    return Committed(git, layout, git.known(name), name)


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
        return frozenset(file.path for file in files_changed(old.git, old.layout, old.commit))
    either = old.blobs.keys() | new.blobs.keys()
    return frozenset(path for path in either if old.blobs.get(path) != new.blobs.get(path))


def _reading(committed: Committed | None, root: Path = Path()) -> Callable[[str], bytes | None]:
    """Reads files as a commit has them, or as they are now."""
    files = DiskFiles(root)

    def read(path: str) -> bytes | None:
        if committed is None:
            return files.content(path)
        text = committed.text(path)
        return None if text is None else text.encode()

    return read


@contextmanager
def _python(committed: Committed) -> Iterator[Path]:
    """A folder with the Python files of a commit, to see what imports what."""
    paths = {path: blob for path, blob in committed.blobs.items() if path.endswith(PYTHON)}
    texts = texts_of(committed.git, list(paths.values()))
    with TemporaryDirectory(prefix="pipes-projects-") as folder:
        for path, blob in paths.items():
            if blob in texts:
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(texts[blob], "utf-8")
        yield Path(folder)
