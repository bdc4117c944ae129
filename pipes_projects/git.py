"""Runs git, and finds the commit to compare with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipes_projects.diagnostics import similar

SECONDS: Final = 120
FETCH: Final = "`git fetch --unshallow`, or in CI a checkout with `fetch-depth: 0`"

# What a hook of git says of its own repository: the project's may be another one.
_LOCAL = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"),
    }
)


class GitError(Exception):
    """What git cannot tell, and what can be done about it."""


@dataclass(frozen=True)
class Git:
    """Git, in a folder."""

    folder: Path

    def __call__(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; raises `GitError` where it refuses."""
        done = self.run(*arguments, given=given)
        if done.returncode:
            raise _refused(self.folder, done.stderr.decode("utf-8", "replace").strip())
        return done.stdout

    def line(self, *arguments: str) -> str | None:
        """The one line that git answers; None where it refuses."""
        done = self.run(*arguments)
        return None if done.returncode else _text(done.stdout)

    def paths(self, *arguments: str) -> Iterator[str]:
        """What git lists with a NUL behind each."""
        return map(os.fsdecode, self(*arguments).split(b"\0")[:-1])

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Git, whether it refuses or not."""
        environment = {k: v for k, v in os.environ.items() if k not in _LOCAL}
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
        try:
            return subprocess.run(
                ("git", "--literal-pathspecs", "-c", "diff.relative=false", *arguments),
                cwd=self.folder,
                env=environment,
                input=given,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise GitError("there is no program `git` here: install it") from None
        except subprocess.TimeoutExpired:
            raise GitError(f"git has not answered within {SECONDS} seconds") from None

    def prefix(self) -> str:
        """The folder's path in the repository, with a slash; nothing, for the top of it."""
        return _text(self("rev-parse", "--show-prefix"))

    def top(self) -> Path:
        """The repository's folder."""
        return Path(_text(self("rev-parse", "--show-toplevel")))

    def fork(self, ref: str) -> str:
        """The commit where the histories of HEAD and of a branch, tag or commit part."""
        self.prefix()  # says whether this is a repository
        if self._commit("HEAD") is None:
            raise GitError(f"there is no commit yet that can be compared with `{ref}`: make one")
        other = self._commit(ref)
        if other is None:
            raise GitError(f"git knows no branch, tag or commit `{ref}`{self._advice(ref)}")
        fork = self.line("merge-base", "HEAD", other)
        if fork is None and self._is_shallow():
            raise GitError(
                f"this clone is shallow, and does not reach back to where it parted from `{ref}`:"
                f" fetch its whole history, {FETCH}"
            )
        if fork is None:
            raise GitError(f"the histories of HEAD and `{ref}` have nothing in common")
        return fork

    def _commit(self, name: str) -> str | None:
        if not name or name.startswith("-"):
            return None
        return self.line("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def _advice(self, ref: str) -> str:
        names = _text(self("for-each-ref", "--count=5000", "--format=%(refname:short)"))
        known = names.split("\n")
        far = next((it for it in known if it.endswith(f"/{ref}")), None)
        if close := f"there is `{far}`" if far else similar(ref, known, "one"):
            return f": {close}"
        return f": this clone is shallow, fetch it, {FETCH}" if self._is_shallow() else ""

    def _is_shallow(self) -> bool:
        return self.line("rev-parse", "--is-shallow-repository") == "true"


def _text(answer: bytes) -> str:
    return os.fsdecode(answer.removesuffix(b"\n"))


def _refused(folder: Path, said: str) -> GitError:
    if "not a git repository" in said:
        return GitError(f"{folder} is not in a repository of git, which knows what has changed")
    return GitError(f"git says: {said.splitlines()[0] if said else 'nothing'}")
