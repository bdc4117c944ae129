"""The texts of a project in a commit, without a checkout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from sys import maxsize
from typing import Final

from pipes_projects.analysis.changes.files import texts_of
from pipes_projects.analysis.diff.submodules import Parts, parts_of
from pipes_projects.analysis.git.process import names
from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.disk.files import MAX_BYTES, TextFiles
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.layout import Layout
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile, Sources, Unreadable

_UNREADABLE: Final = ("this is not text, or too long for a manifest", "see how it is now")


@dataclass(frozen=True)
class Committed:
    """A project as a commit has it."""

    git: Git
    layout: Layout
    commit: str
    name: str
    """What the user calls the commit."""

    @cached_property
    def parts(self) -> Parts:
        """What each repository has of it."""
        return parts_of(self.git, self.commit, self.layout.root)

    @cached_property
    def blobs(self) -> dict[str, str]:
        """Git's name of each regular file's content, by its path in the project."""
        return {path: blob for part in self.parts.found for path, blob in part.blobs.items()}

    def text(self, path: str) -> str | None:
        """The text of a file, however long; None where there is none."""
        return self.written([path], maxsize).get(path)

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """The same of several files, with Unix line endings."""
        return {path: text.replace("\r\n", "\n") for path, text in self.written(paths).items()}

    def written(self, paths: Iterable[str], most: int = MAX_BYTES) -> dict[str, str]:
        """The texts of files, as they are; of those that are text, and not too long."""
        found, wanted = {}, frozenset(paths)
        for part in self.parts.found:
            blobs = {path: part.blobs[path] for path in wanted & part.blobs.keys()}
            ids = list(dict.fromkeys(blobs.values()))
            known = texts_of(part.git, ids, most) if ids else {}
            found.update({path: known[blob] for path, blob in blobs.items() if blob in known})
        return found

    def sources(self) -> Sources:
        """What the project is compiled from."""
        ignored = PathPatterns(self.layout.ignore)
        paths = [path for path in sorted(self.blobs) if self._is_manifest(path)]
        texts = self.written(paths)
        known = {path: texts.get(path) for path in paths if path not in ignored}
        manifests = (SourceFile(path, text) for path, text in known.items() if text is not None)
        bad = (Unreadable(path, *_UNREADABLE) for path, text in known.items() if text is None)
        files = TextFiles(frozenset(self.blobs))
        return Sources(files, tuple(manifests), tuple(bad), self.layout.defs, ignored)

    def _is_manifest(self, path: str) -> bool:
        below = path.removeprefix(f"{self.layout.defs}/")
        *folders, name = below.split("/")
        if below == path or not path.endswith(MANIFEST_ENDINGS) or not path.isprintable():
            return False
        is_defaults = name in ("_defaults.yaml", "_defaults.yml")
        hidden = any(folder.startswith(("_", ".")) for folder in folders)
        return not hidden and (is_defaults or not name.startswith(("_", ".")))

    def expect_project(self) -> None:
        """Raises `GitError` where there is none."""
        prefix, defs = self.git.prefix(), self.layout.defs
        there = self.git.line("cat-file", "-t", f"{self.commit}:{prefix}{defs}")
        submodules = {*self.parts.absent, *(part.above.rstrip("/") for part in self.parts.found)}
        if there != "tree" and defs not in submodules:
            raise GitError(
                f"in `{self.name}` there is no project at `{prefix}{defs}`{self._elsewhere()}"
            )

    def _elsewhere(self) -> str:
        answer = self.git("ls-tree", "-r", "-d", "-z", "--full-tree", "--name-only", self.commit)
        usual = {self.layout.defs.rpartition("/")[2], "defs"}
        found = [path for path in names(answer) if path.rpartition("/")[2] in usual]
        where = f", but one may be at `{found[0]}`" if found else ""
        return f"{where}: there is nothing to compare with"
