"""What a commit has of a project: in its own repository, and in those of submodules."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.analysis.git.process import GitError, names
from pipes_projects.analysis.git.repository import Git
from pipes_projects.disk.boundary import leads_out
from pipes_projects.layout import repository_of

_FILE: Final = "100"


class RepositoryPart(NamedTuple):
    """What one repository has of a project."""

    above: str
    """The submodule's path in the project, with a slash; empty for the project's own repository."""
    git: Git
    commit: str
    blobs: Mapping[str, str]
    """Git's name of each regular file's content, by its path in the project."""


class Parts(NamedTuple):
    """All parts of a project, as a commit has it."""

    found: tuple[RepositoryPart, ...]
    absent: Mapping[str, str]
    """Submodules of which nothing is known, by path, and the commit of each."""


def parts_of(git: Git, commit: str, root: Path) -> Parts:
    """The parts of the project in a folder: submodules are read where they are checked out."""
    found, absent = [], {}
    pending = [("", git, commit, f"{commit}:{git.prefix()}".rstrip("/"))]
    while pending:
        above, git, commit, tree = pending.pop()
        blobs, inner = _listed(git, tree, above)
        found.append(RepositoryPart(above, git, commit, blobs))
        for path, wanted in inner.items():
            repository = _repository(root, path)
            if repository and _has(repository, wanted):
                pending.append((f"{path}/", repository, wanted, wanted))
            else:
                absent[path] = wanted
    return Parts(tuple(found), absent)


def _listed(git: Git, tree: str, above: str) -> tuple[dict[str, str], dict[str, str]]:
    """The regular files of a tree, and its submodules."""
    answer = git("ls-tree", "-r", "-z", "--full-tree", tree)  # or git looks below `tree`
    files, submodules = {}, {}
    for mode, kind, name, path in _entries(answer):
        if kind == "commit":
            submodules[above + path] = name
        elif kind == "blob" and mode.startswith(_FILE):
            files[above + path] = name
    return files, submodules


def _entries(answer: bytes) -> Iterator[tuple[str, str, str, str]]:
    for entry in names(answer):
        head, _, path = entry.partition("\t")
        mode, kind, name = head.split(" ")
        yield mode, kind, name, path


def _repository(root: Path, path: str) -> Git | None:
    """That of a submodule which is checked out, and in the project."""
    folder = root / path
    real = Path(os.path.realpath(folder))
    return Git(folder) if repository_of(real) == real and not leads_out(folder, root) else None


def _has(git: Git, commit: str) -> bool:
    try:
        return git.line("cat-file", "-t", commit) == "commit"
    except GitError:  # it belongs to somebody else
        return False
