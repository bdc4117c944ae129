"""Runs git, and finds the commit to compare with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipes_projects.spelling import similar

SECONDS: Final = 120
FETCH: Final = "`git fetch --unshallow`, or in CI a checkout with `fetch-depth: 0`"

# What a hook of git says of its own repository: the project's may be another one. And how paths
# are to be read: as they are.
_LOCAL = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"),
        *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"),
        "GIT_ICASE_PATHSPECS",
    }
)


class GitError(Exception):
    """What git cannot tell, and what can be done about it."""


@dataclass(frozen=True)
class Asked:
    """What git has been asked, and works on while we go on."""

    folder: Path
    process: subprocess.Popen[bytes]
    given: bytes = b""

    def __call__(self) -> bytes:
        """Waits for the answer; raises `GitError` where git refuses."""
        out, said = _end(self.process, self.given)
        if self.process.returncode:
            raise _refused(self.folder, said.decode("utf-8", "replace").strip())
        return out

    def close(self) -> None:
        """Nobody needs the answer any more."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


@dataclass(frozen=True)
class Git:
    """Git, in a folder."""

    folder: Path

    def __call__(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; raises `GitError` where it refuses."""
        return self.asked(*arguments, given=given)()

    def asked(self, *arguments: str, given: bytes = b"") -> Asked:
        """Asks git, and goes on."""
        return Asked(self.folder, self._start(arguments), given)

    def line(self, *arguments: str) -> str | None:
        """The one line that git answers; None where it refuses."""
        process = self._start(arguments)
        out, _ = _end(process)
        return None if process.returncode else _text(out)

    def _start(self, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        environment = {k: v for k, v in os.environ.items() if k not in _LOCAL}
        environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
        command = ("git", "--literal-pathspecs", "-c", "diff.relative=false", *arguments)
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe
            )
        except FileNotFoundError:
            raise GitError("there is no program `git` here: install it") from None

    def prefix(self) -> str:
        """The folder's path in the repository, with a slash; nothing, for the top of it."""
        return _text(self("rev-parse", "--show-prefix"))

    def top(self) -> Path:
        """The repository's folder."""
        return Path(_text(self("rev-parse", "--show-toplevel")))

    def fork(self, ref: str) -> str:
        """The commit where the histories of HEAD and of a branch, tag or commit part."""
        is_name = bool(ref) and not ref.startswith("-")
        found = self.line("merge-base", "HEAD", f"{ref}^{{commit}}") if is_name else None
        if found is None:
            raise self._no_fork(ref, is_name)
        return found

    def _no_fork(self, ref: str, is_name: bool) -> GitError:
        self.prefix()  # says whether this is a repository
        if not self._is_commit("HEAD"):
            return GitError(f"there is no commit yet that can be compared with `{ref}`: make one")
        if is_name and not self._is_commit(ref) and self._is_object(ref):
            return GitError(f"`{ref}` is no commit: name a branch, a tag of a commit, or a commit")
        if not is_name or not self._is_commit(ref):
            return GitError(f"git knows no branch, tag or commit `{ref}`{self._advice(ref)}")
        if not self._is_shallow():
            return GitError(f"the histories of HEAD and `{ref}` have nothing in common")
        return GitError(
            f"this clone is shallow, and does not reach back to where it parted from `{ref}`:"
            f" fetch its whole history, {FETCH}"
        )

    def _is_commit(self, name: str) -> bool:
        return self.line("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") is not None

    def _is_object(self, name: str) -> bool:
        return self.line("cat-file", "-e", name) is not None

    def _advice(self, ref: str) -> str:
        names = _text(self("for-each-ref", "--count=5000", "--format=%(refname:short)"))
        known = names.split("\n")
        far = next((it for it in known if it.endswith(f"/{ref}")), None)
        if close := f"there is `{far}`" if far else similar(ref, known, "one"):
            return f": {close}"
        return f": this clone is shallow, fetch it, {FETCH}" if self._is_shallow() else ""

    def _is_shallow(self) -> bool:
        return self.line("rev-parse", "--is-shallow-repository") == "true"


def _end(process: subprocess.Popen[bytes], given: bytes = b"") -> tuple[bytes, bytes]:
    try:
        return process.communicate(given, SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise GitError(f"git has not answered within {SECONDS} seconds") from None


def names(answer: bytes) -> Iterator[str]:
    """What git lists with a NUL behind each."""
    return map(os.fsdecode, answer.split(b"\0")[:-1])


def _text(answer: bytes) -> str:
    return os.fsdecode(answer.removesuffix(b"\n"))


def _refused(folder: Path, said: str) -> GitError:
    if "not a git repository" in said:
        return GitError(f"{folder} is not in a repository of git, which knows what has changed")
    return GitError(f"git says: {' '.join(said.split()) or 'nothing'}")
