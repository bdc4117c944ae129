"""How git is started: it reads one repository, and runs no configured program.

A branch may contain a folder that looks like a repository, with a configuration; the repository's
own configuration names filters, hooks and more. None of these programs takes part in what we ask.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECONDS: Final = 120

# Other variables that git reads may name programs, or another repository: hooks of git, which we
# may be running in, set the latter.
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
    # A partial clone would fetch missing objects: by ssh, or by whatever its remote names.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    _EMPTY: "",
}
_OPTIONS: Final = (
    *("--no-pager", "--literal-pathspecs", "-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "diff.relative=false", "-c", "log.showSignature=false"),
)
_PATIENCE: Final = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60")
"""A server is given up after a minute of silence, which git would otherwise wait out."""
_OF_DIFFS: Final = ("--no-ext-diff", "--no-textconv")
_THAT_DIFF: Final = frozenset({"diff", "diff-files", "diff-index", "diff-tree", "log", "show"})


class GitError(Exception):
    """What git cannot tell, and what to do about it."""


@dataclass(frozen=True)
class Asked:
    """A question to git, which works on it while we continue."""

    folder: Path
    process: subprocess.Popen[bytes]
    given: bytes = b""
    seconds: float = SECONDS
    """How long to wait for the answer."""

    def __call__(self) -> bytes:
        """Wait for the answer; raises `GitError` if git refuses."""
        out, complaint = self.answer()
        if self.process.returncode:
            raise _refused(self.folder, complaint.decode("utf-8", "replace").strip())
        return out

    def line(self) -> str | None:
        """The single line that git answers; None if it refuses."""
        out, _ = self.answer()
        return None if self.process.returncode else text_of(out)

    def answer(self) -> tuple[bytes, bytes]:
        """What git writes to both of its outputs, whether it refuses or not."""
        try:
            return self.process.communicate(self.given, self.seconds)
        except subprocess.TimeoutExpired:
            self.close()
            raise GitError(f"git has not answered within {self.seconds} seconds") from None

    def close(self) -> None:
        """End git, as the answer is no longer needed, and what it connects with."""
        if self.process.returncode is None:
            _end(self.process.pid)
            self.process.communicate()


def _end(pid: int) -> None:
    """A program that git has started, such as ssh, would keep our pipes open if it went on."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        git = psutil.Process(pid)
        for process in (git, *git.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def options_for(top: Path) -> tuple[str, ...]:
    """Options that tell git to use the repository at `top`, and to run none of its filters.

    Raises `GitError` if git does not trust the repository: given these options, it does not check
    who owns it.
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
    values: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Asked:
    """Ask git in a folder, and continue without waiting; it may reach a remote if `connects`.

    `values` are variables that options name, for what a list of processes must not show.
    """
    command, *rest = arguments
    options = (*options, *(_PATIENCE if connects else ()))
    diffs = _OF_DIFFS if command in _THAT_DIFF else ()
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        (_program(), *_OPTIONS, *options, command, *diffs, *rest),
        cwd=folder,
        env={**(_connecting() if connects else _environment()), **(values or {})},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    return Asked(folder, process, given, seconds)


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(_KEPT)}
    return kept | _SET


def _connecting() -> dict[str, str]:
    """With what a user's git needs to reach a remote; what asks a person would wait forever."""
    theirs = {k: v for k, v in os.environ.items() if k in _TO_CONNECT}
    return _environment() | theirs | {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}


def _program() -> str:
    """The path of git, never in the folder that it is started in."""
    folders = filter(os.path.isabs, os.get_exec_path())
    files = (shutil.which("git", path=folder) for folder in folders)
    program = next((file for file in files if file and os.path.isabs(file)), None)
    if program is None:
        raise GitError("there is no program `git` here: install it")
    return program


def _without(settings: Iterator[str]) -> Iterator[str]:
    """Options that remove the programs of filters, and let git continue without them."""
    for name in dict.fromkeys(setting.rpartition(".")[0] for setting in settings):
        for setting in ("clean", "smudge", "process", "required"):
            key = f"{name}.{setting}"
            yield from (f"--config-env={key}={_EMPTY}",) if "=" in key else ("-c", f"{key}=")


def names(answer: bytes) -> Iterator[str]:
    """What git lists, with a NUL after each name."""
    return map(os.fsdecode, answer.split(b"\0")[:-1])


def text_of(answer: bytes) -> str:
    """The text of an answer, without the line break at its end."""
    return os.fsdecode(answer.removesuffix(b"\n"))


def no_repository(folder: Path) -> GitError:
    """What is wrong if there is no repository for git to read."""
    return GitError(f"{folder} is not in a git repository, so what has changed cannot be told")


def _refused(folder: Path, complaint: str) -> GitError:
    if "not a git repository" in complaint:
        return no_repository(folder)
    if "promisor" in complaint:
        return GitError(
            "this clone was made with `--filter` and lacks what is needed here, and nothing is"
            " fetched on the way: fetch it, `git fetch --refetch --filter=blob:none`"
        )
    return GitError(f"git says: {' '.join(complaint.split()) or 'nothing'}")
