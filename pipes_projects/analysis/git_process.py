"""How git is started: it looks at one repository, and runs nothing that anybody has configured.

A branch may hold a folder that looks like a repository, with a configuration; the repository's own
configuration names filters, hooks and more. None of these programs takes part in what we ask.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 120

# All else that git takes from its surroundings may name programs, or another repository: hooks of
# git, which may be where we run, set the latter.
_KEPT: Final = (
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT"),
    *("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "GIT_CONFIG_PARAMETERS", "GIT_EXEC_PATH"),
    "GIT_TEST_ASSUME_DIFFERENT_OWNER",
)
_TO_CONNECT: Final = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS")
_EMPTY: Final = "PIPES_PROJECTS_EMPTY"
_SET: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # A clone without all objects would fetch them: by ssh, or by whatever its remote names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    _EMPTY: "",
}
_OPTIONS: Final = (
    *("--no-pager", "--literal-pathspecs", "-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "diff.relative=false", "-c", "log.showSignature=false"),
)
_OF_DIFFS: Final = ("--no-ext-diff", "--no-textconv")
_THAT_DIFF: Final = frozenset({"diff", "diff-files", "diff-index", "diff-tree", "log", "show"})


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
        out, said = self.answer()
        if self.process.returncode:
            raise _refused(self.folder, said.decode("utf-8", "replace").strip())
        return out

    def line(self) -> str | None:
        """The one line that git answers; None where it refuses."""
        out, _ = self.answer()
        return None if self.process.returncode else text_of(out)

    def answer(self) -> tuple[bytes, bytes]:
        """What git writes on both of its outputs, whether it refuses or not."""
        try:
            return self.process.communicate(self.given, SECONDS)
        except subprocess.TimeoutExpired:
            self.close()
            raise GitError(f"git has not answered within {SECONDS} seconds") from None

    def close(self) -> None:
        """The answer is no longer needed."""
        if self.process.returncode is None:
            self.process.kill()
            self.process.communicate()


def options_for(top: Path) -> tuple[str, ...]:
    """How git is told which repository is meant, the one at `top`, and to run no filter there.

    Raises `GitError` where git does not trust the repository: it does not ask who owns one that it
    is told of.
    """
    named = (f"--git-dir={top / '.git'}", f"--work-tree={top}")
    trusted = start(top, (), ("rev-parse", "--git-dir"))
    filters = start(top, named, ("config", "-z", "--name-only", "--get-regexp", r"^filter\."))
    listed, _ = filters.answer()
    trusted()
    return (*named, *_without(names(listed)))


def start(
    folder: Path,
    options: tuple[str, ...],
    arguments: tuple[str, ...],
    given: bytes = b"",
    connects: bool = False,
) -> Asked:
    """Asks git in a folder, and goes on; it may connect to a remote if that is said."""
    command, *rest = arguments
    diffs = _OF_DIFFS if command in _THAT_DIFF else ()
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        (_program(), *_OPTIONS, *options, command, *diffs, *rest),
        cwd=folder,
        env=_connecting() if connects else _environment(),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    return Asked(folder, process, given)


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(_KEPT)}
    return kept | _SET


def _connecting() -> dict[str, str]:
    """With what a user's git needs to reach a remote; what asks a person would wait forever."""
    theirs = {k: v for k, v in os.environ.items() if k in _TO_CONNECT}
    return _environment() | theirs | {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}


def _program() -> str:
    """Git's file; never one of the folder that it is started in."""
    folders = filter(os.path.isabs, os.get_exec_path())
    files = (shutil.which("git", path=folder) for folder in folders)
    program = next((file for file in files if file and os.path.isabs(file)), None)
    if program is None:
        raise GitError("there is no program `git` here: install it")
    return program


def _without(settings: Iterator[str]) -> Iterator[str]:
    """Takes the programs out of filters, and lets git go on without them."""
    for name in dict.fromkeys(it.rpartition(".")[0] for it in settings):
        for setting in ("clean", "smudge", "process", "required"):
            key = f"{name}.{setting}"
            yield from (f"--config-env={key}={_EMPTY}",) if "=" in key else ("-c", f"{key}=")


def names(answer: bytes) -> Iterator[str]:
    """What git lists with a NUL behind each."""
    return map(os.fsdecode, answer.split(b"\0")[:-1])


def text_of(answer: bytes) -> str:
    """The text of an answer, without the break at its end."""
    return os.fsdecode(answer.removesuffix(b"\n"))


def no_repository(folder: Path) -> GitError:
    """What is wrong where git has nothing to look at."""
    return GitError(f"{folder} is not in a git repository, so what has changed cannot be told")


def _refused(folder: Path, said: str) -> GitError:
    if "not a git repository" in said:
        return no_repository(folder)
    if "promisor" in said:
        return GitError(
            "this clone was made with `--filter` and lacks what is needed here, and nothing is"
            " fetched on the way: fetch it, `git fetch --refetch --filter=blob:none`"
        )
    return GitError(f"git says: {' '.join(said.split()) or 'nothing'}")
