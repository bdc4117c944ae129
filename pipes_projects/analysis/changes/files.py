"""What in a project differs from a commit.

Where git cannot tell, as for the targets of links, everything counts as changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.analysis.git.process import Asked, GitError, names
from pipes_projects.analysis.git.repository import Git
from pipes_projects.disk.files import MAX_BYTES, folders_above
from pipes_projects.layout import Layout, repository_of
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile, Unreadable

MOST: Final = 5_000
"""With more changed manifests than this, everything counts as changed."""

# A tracked file that git does not check: `git update-index --assume-unchanged`, sparse checkouts.
_UNSEEN: Final = re.compile(rb"\0[a-zS] ")
_SEEN: Final = b"\0H "
_LINK, _SUBMODULE, _NOTHING = "120000", "160000", "000000"  # modes, as git writes them


# In submodules, git would be started with their own configurations.
_PLAIN = ("--no-renames", "--ignore-submodules=dirty")


@dataclass(frozen=True)
class Changes:
    """The paths of a project that differ, and earlier texts of the manifests among them."""

    paths: frozenset[str] = frozenset()
    manifests: tuple[SourceFile, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    everything: bool = False
    """Whether anything may differ, because something that all manifests depend on has changed."""
    texts: Callable[[], Mapping[str, str | None]] = dict
    """What was in all the files among them; None where that cannot be read."""


class _Entry(NamedTuple):
    """A path that differs, from the top of the repository, and what it was before."""

    path: str
    modes: tuple[str, str]
    blob: str

    def below(self, prefix: str) -> _Entry:
        """The same, with the path from a folder."""
        return self._replace(path=self.path.removeprefix(prefix))


def ask_for_changes(git: Git, layout: Layout, commit: str) -> list[Asked]:
    """Ask git what has changed since a commit: one process for each question, all beside our
    own."""
    return [git.asked(*question) for question in _questions(layout, commit)]


def read_changes(git: Git, layout: Layout, asked: list[Asked]) -> Changes:
    """What differs from that commit, including untracked files; raises `GitError`."""
    seen = _seen(git.prefix(), *(answer() for answer in asked))
    there = [entry for entry in seen.inside if entry.modes[0] != _NOTHING]
    before = [entry for entry in there if is_manifest(entry.path, layout)]
    if len(before) > MOST or _may_be_anything(git, layout, seen):
        return Changes(seen.paths, everything=True)
    manifests, unreadable = _as_they_were(git, before)
    texts = partial(_texts, git, there)
    return Changes(seen.paths, tuple(manifests), tuple(unreadable), texts=texts)


def _texts(git: Git, entries: list[_Entry]) -> dict[str, str | None]:
    known = texts_of(git, [entry.blob for entry in entries]) if len(entries) <= MOST else {}
    return {entry.path: known.get(entry.blob) for entry in entries}


class FileChange(NamedTuple):
    """A regular file of the project that differs."""

    path: str
    before: str | None
    """Git's hash of its earlier content; None for a new file."""
    is_there: bool


def files_changed(git: Git, layout: Layout, commit: str) -> Iterator[FileChange]:
    """The regular files that differ from a commit, including untracked ones; raises `GitError`."""
    diff, others, *_ = _questions(layout, commit)
    return _file_changes(git, diff, others)


def files_changed_in(submodule: Git, commit: str) -> Iterator[FileChange]:
    """The same of a submodule, with paths from its folder."""
    diff = ("diff", "-z", "--raw", "--no-abbrev", *_PLAIN, commit, "--")
    return _file_changes(submodule, diff, ("ls-files", "-z", "--others"))


def _file_changes(git: Git, diff: tuple[str, ...], others: tuple[str, ...]) -> Iterator[FileChange]:
    prefix = git.prefix()
    for entry in _entries(git(*diff)):
        plain = [mode.startswith("100") for mode in entry.modes]
        if entry.path.startswith(prefix) and any(plain):
            is_there = os.path.isfile(git.folder / entry.below(prefix).path)
            yield FileChange(entry.below(prefix).path, entry.blob if plain[0] else None, is_there)
    for path in names(git(*others)):
        yield FileChange(path, None, True)


class _Seen(NamedTuple):
    """What git answered."""

    prefix: str
    entries: list[_Entry]
    """With paths from the top of the repository."""
    inside: list[_Entry]
    """Those of the project, with paths from its folder."""
    untracked: frozenset[str]
    staged: bytes

    @property
    def paths(self) -> frozenset[str]:
        return self.untracked.union(entry.path for entry in self.inside)

    @property
    def everywhere(self) -> set[str]:
        """All changed paths, from the top of the repository."""
        return {
            *(entry.path for entry in self.entries),
            *(self.prefix + path for path in self.untracked),
        }


def _seen(prefix: str, diff: bytes, below: bytes, others: bytes, staged: bytes) -> _Seen:
    entries = list(_entries(diff))
    inside = [entry.below(prefix) for entry in entries if entry.path.startswith(prefix)]
    untracked = frozenset((*names(below), *names(others)))
    return _Seen(prefix, entries, inside, untracked, staged)


def _may_be_anything(git: Git, layout: Layout, seen: _Seen) -> bool:
    """Whether something changed that all manifests depend on, or that git cannot see."""
    return (
        not seen.paths.isdisjoint(layout.common)
        or not seen.everywhere.isdisjoint(_settings_above(seen.prefix))
        or any({_LINK, _SUBMODULE} & {*entry.modes} for entry in seen.inside)
        or any(_is_no_file(layout.root, path) for path in seen.untracked)
        or _is_unseen(seen.staged)
        or _leads_to(git, layout, list(_tracked(seen.staged, _LINK)), seen.everywhere)
        or any(_has_changed(git.folder / path) for path in _tracked(seen.staged, _SUBMODULE))
    )


def _questions(layout: Layout, commit: str) -> Iterator[tuple[str, ...]]:
    """Renaming counts as removing one file and adding another; below `defs/`, manifests count even
    if git ignores them."""
    yield "diff", "-z", "--raw", "--no-abbrev", *_PLAIN, commit, "--"
    yield "ls-files", "-z", "--others", "--", layout.defs, *layout.common
    yield "ls-files", "-z", "--others", "--exclude-standard"
    yield "ls-files", "-z", "-v", "--stage"


def _entries(answer: bytes) -> Iterator[_Entry]:
    parts = names(answer)
    for head, path in zip(parts, parts, strict=True):
        old, new, blob, *_ = head.removeprefix(":").split(" ")
        yield _Entry(path, (old, new), blob)


def _settings_above(prefix: str) -> Iterator[str]:
    """Where the project's settings may be: `pyproject.toml` in its folder, and in those above."""
    parts = prefix.split("/")
    return ("/".join((*parts[:end], "pyproject.toml")) for end in range(len(parts)))


def is_manifest(path: str, layout: Layout) -> bool:
    """Whether a file declared assets: neither defaults nor skipped files do."""
    below = path.removeprefix(f"{layout.defs}/")
    skipped = any(part.startswith(("_", ".")) for part in below.split("/"))
    return below != path and path.endswith(MANIFEST_ENDINGS) and not skipped


def _is_no_file(root: Path, path: str) -> bool:
    """Whether an untracked path is a link, or a repository of its own."""
    return path.endswith("/") or os.path.islink(root / path)


def _leads_to(git: Git, layout: Layout, links: list[str], changed: Iterable[str]) -> bool:
    """Whether a link of the project leads to something that has changed, or to where git does not
    look."""
    if not links:
        return False
    top, paths = git.top, frozenset(changed)
    folders = {folder for path in paths for folder in (".", *folders_above(path))}
    for link in links:
        target = Path(os.path.realpath(layout.root / link))
        if not target.is_relative_to(top):
            if link.startswith(f"{layout.defs}/"):
                return True
            continue
        inside = target.relative_to(top).as_posix()
        if inside in folders or not paths.isdisjoint((inside, *folders_above(inside))):
            return True
    return False


def _is_unseen(staged: bytes) -> bool:
    """Whether git ignores changes of some file. Counting is faster than searching, and usually
    enough."""
    all_of_it = b"\0" + staged
    is_plain = all_of_it.count(_SEEN) == staged.count(b"\0")
    return not is_plain and bool(_UNSEEN.search(all_of_it))


def _tracked(staged: bytes, mode: str) -> Iterator[str]:
    """The tracked paths with this mode."""
    start = mode.encode()
    for line in staged.split(b"\0") if start in staged else ():
        if line.startswith(start, len("H ")):
            yield os.fsdecode(line.partition(b"\t")[2])


def _has_changed(submodule: Path) -> bool:
    """Whether a submodule differs from its own HEAD."""
    if repository_of(Path(os.path.realpath(submodule))) != Path(os.path.realpath(submodule)):
        return False  # it is not checked out
    git = Git(submodule)
    try:
        changed = git("diff", "--raw", "-z", *_PLAIN, "HEAD", "--")
        staged = git("ls-files", "-z", "-v", "--stage")
        return bool(
            changed
            or git("ls-files", "-z", "--others", "--exclude-standard")
            or _is_unseen(staged)
            or any(_has_changed(submodule / path) for path in _tracked(staged, _SUBMODULE))
        )
    except GitError:
        return True


def _as_they_were(git: Git, entries: list[_Entry]) -> tuple[list[SourceFile], list[Unreadable]]:
    """The earlier texts of manifests."""
    texts = texts_of(git, [entry.blob for entry in entries])
    manifests, unreadable = [], []
    for entry in entries:
        text = texts.get(entry.blob)
        if text is None:
            unreadable.append(Unreadable(entry.path, "", ""))
        else:
            manifests.append(SourceFile(entry.path, text))
    return manifests, unreadable


def texts_of(git: Git, ids: list[str], most: int = MAX_BYTES) -> dict[str, str]:
    """The texts of blobs that exist and are no larger than a manifest may be, or than `most`."""
    try:
        sizes = git("cat-file", "--batch-check", given=_lines(ids)).decode().splitlines()
    except GitError:  # a clone without old texts usually lacks them all, and git reports the first
        return {}
    small = [row for row in map(str.split, sizes) if row[1] == "blob" and int(row[2]) <= most]
    answer = git("cat-file", "--batch", given=_lines([row[0] for row in small]))
    found, at = {}, 0
    for name, _, size in small:
        start = answer.index(b"\n", at) + 1
        at = start + int(size) + 1
        try:
            found[name] = answer[start : at - 1].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return found


def _lines(ids: Iterable[str]) -> bytes:
    return "".join(f"{id_}\n" for id_ in ids).encode()
