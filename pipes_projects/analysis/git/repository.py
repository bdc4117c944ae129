"""Runs git, and finds the commit to compare with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pipes_projects.analysis.git.process import (
    Asked,
    GitError,
    no_repository,
    options_for,
    start,
    text_of,
)
from pipes_projects.layout import repository_of
from pipes_projects.spelling import similar

__all__ = ["Git", "GitError"]

IN_CI: Final = "or in CI a checkout with `fetch-depth: 0`"
FETCH: Final = f"`git fetch --unshallow`, {IN_CI}"


@dataclass(frozen=True)
class Git:
    """Git, asked from a folder about the repository that the folder is in, without running any of
    its programs."""

    folder: Path

    def __call__(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; raises `GitError` if it refuses."""
        return self.asked(*arguments, given=given)()

    def asked(self, *arguments: str, given: bytes = b"") -> Asked:
        """Ask git, and continue without waiting."""
        return start(self.folder, self._options, arguments, given)

    def connecting(self, *arguments: str) -> Asked:
        """Asks git for what only a remote knows: it connects as its user has configured that."""
        return start(self.folder, self._options, arguments, connects=True)

    def line(self, *arguments: str) -> str | None:
        """The single line that git answers; None if it refuses."""
        return self.asked(*arguments).line()

    @cached_property
    def top(self) -> Path:
        """The repository's folder; git itself would also accept one that only looks like a
        repository."""
        top = repository_of(Path(os.path.realpath(self.folder)))
        if top is None:
            raise no_repository(self.folder)
        return top

    @cached_property
    def _options(self) -> tuple[str, ...]:
        return options_for(self.top)

    def prefix(self) -> str:
        """The folder's path in the repository, with a slash; empty for the top of it."""
        return text_of(self("rev-parse", "--show-prefix"))

    def fork(self, ref: str, head: str = "HEAD") -> str:
        """The commit where the histories of HEAD, or of another head, and of a branch, tag or
        commit part."""
        commit = self.commit(ref)
        head = head if head == "HEAD" else self.known(head)
        found = self.line("merge-base", head, commit) if commit else None
        if found is None:
            raise self._no_fork(ref, commit)
        return found

    def known(self, ref: str) -> str:
        """The commit that a branch, a tag or a hash refers to; raises `GitError` if there is
        none."""
        commit = self.commit(ref)
        if commit is None:
            raise self._no_fork(ref, commit)
        return commit

    def default_branch(self, production: str) -> str:
        """The branch that the remote's HEAD names, or else the one whose deployment is
        permanent. In a clone of one branch, the remote's HEAD is that branch, whichever it is."""
        head = ("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        far = None if self._only_branch() else self.line(*head)
        names = (far, f"origin/{production}", production, "origin/main", "main", "master")
        return next((name for name in names if name and self.commit(name)), production)

    def commit(self, ref: str) -> str | None:
        """The commit that a branch, a tag or a hash refers to; None if there is none."""
        # what follows `:/` is a text that the commit's message has, `^{commit}` and all
        name = self._object(ref) if ref.startswith(":/") else ref
        return self._object(f"{name}^{{commit}}") if name else None

    def _object(self, name: str) -> str | None:
        """The hash that a name refers to, passed so that git cannot take it for anything else."""
        return self.line("rev-parse", "--verify", "--quiet", "--end-of-options", name)

    def _is_there(self, ref: str) -> bool:
        found = self._object(ref) if ref else None
        return found is not None and self.line("cat-file", "-e", found) is not None

    def _no_fork(self, ref: str, commit: str | None) -> GitError:
        if self.commit("HEAD") is None:
            return GitError(f"there is no commit yet that can be compared with `{ref}`: make one")
        if commit is None and self._is_there(ref):
            return GitError(
                f"`{ref}` is not a commit: name a branch, a tag of a commit, or a commit"
            )
        if commit is None:
            return GitError(f"git knows no branch, tag or commit `{ref}`{self._advice(ref)}")
        if not self._is_shallow():
            return GitError(f"the histories of HEAD and `{ref}` have nothing in common")
        return GitError(
            f"this clone is shallow, and does not reach back to where it diverged from `{ref}`:"
            f" fetch its whole history, {FETCH}"
        )

    def _advice(self, ref: str) -> str:
        names = text_of(self("for-each-ref", "--count=5000", "--format=%(refname:short)"))
        known = names.split("\n")
        if far := next((name for name in known if name.endswith(f"/{ref}")), None):
            return f": there is `{far}`"
        if only := self._only_branch():
            return f": this clone has only `{only}` of its remote, fetch all, {self._fetch_all()}"
        if close := similar(ref, known, "one"):
            return f": {close}"
        return f": this clone is shallow, fetch it, {FETCH}" if self._is_shallow() else ""

    def _only_branch(self) -> str | None:
        """The one branch that is fetched, in a clone made with `--single-branch` or `--depth`."""
        fetched = self.line("config", "--get-all", "remote.origin.fetch") or "*"
        return None if "*" in fetched else fetched.partition(":")[0].rpartition("refs/heads/")[2]

    def _fetch_all(self) -> str:
        deep = " --unshallow" if self._is_shallow() else ""
        return f"`git fetch{deep} origin '+refs/heads/*:refs/remotes/origin/*'`, {IN_CI}"

    def _is_shallow(self) -> bool:
        return self.line("rev-parse", "--is-shallow-repository") == "true"
