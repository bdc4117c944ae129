"""The deployment repository itself: what its branches are at, and moving them, all or none.

A branch is moved only if it still is where we believe it to be, which the server checks at that
moment: of many who move it at once, one does.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.analysis.git.bare import THERE, BareGit
from pipes_projects.analysis.git.process import GitError
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.places.repository.refusals import (
    git_failed,
    is_busy,
    refusal,
    unreachable,
)
from pipes_projects.deploy.storage.secrets import StorageUrl

COPIES: Final = "repositories"
HEADS: Final = "refs/heads/"
TRIES: Final = 5
_MOMENT: Final = 0.05
"""In seconds: enough to go on from a move to what follows it at once."""
_SEEN: Final = "refs/pipes-projects/seen/"
"""The tips that were fetched: what git need not be sent again."""


class Move(NamedTuple):
    """A branch that is made, moved or deleted."""

    branch: str
    old: str | None
    new: str | None

    @property
    def words(self) -> tuple[str, ...]:
        """As `git push` takes it."""
        ref = f"{HEADS}{self.branch}"
        return (f"--force-with-lease={ref}:{self.old or ''}", f"{self.new or ''}:{ref}")


class _Answer(NamedTuple):
    is_done: bool
    told: str


class Remote:
    """A repository elsewhere, with a copy of what we have seen of it."""

    def __init__(self, place: StorageUrl, url: str, caches: Path) -> None:
        self.place = place
        name = sha256(f"{place.shown}\n{os.path.abspath(caches)}".encode()).hexdigest()[:16]
        self.git = BareGit(caches / COPIES / f"{name}.git", url.partition("+")[2])
        self.seen: dict[str, str | None] = {}
        """Where branches were when we saw, or moved, them last; None for one that there was not."""
        self._here: set[str] = set()
        self._moved: dict[str, float] = {}
        self._ensure()

    def tips(self, branches: Sequence[str]) -> dict[str, str]:
        """The commits that some branches are at now, of those that exist; all of them are here."""
        for _ in range(TRIES):
            found = self._asked(branches)
            if self._fetched(found):
                self.seen |= {branch: found.get(branch) for branch in branches}
                return found
        message = f"`{self.place.shown}` cannot be read: its branches change all the time"
        raise DeployError(message, "try again when fewer deploy at once")

    def move(self, moves: Sequence[Move]) -> bool:
        """Move all of these branches, or none; False if one is not where it was any more.

        Raises `DeployError` if the server refuses.
        """
        left = TRIES
        while told := self._pushed(moves):
            left -= 1
            if self._have_moved(moves):
                return False
            if not (left and is_busy(told)):
                raise refusal(self.place, told, [move.branch for move in moves])
            time.sleep(random.uniform(0.02, 0.2))
        self._here |= {move.new for move in moves if move.new}
        self.seen |= {move.branch: move.new for move in moves}
        self._moved |= {move.branch: time.monotonic() for move in moves}
        return True

    def has_just_moved(self, branch: str) -> bool:
        """Whether we have moved a branch this very moment, and so know where it is."""
        return time.monotonic() - self._moved.pop(branch, -1.0) < _MOMENT

    def _pushed(self, moves: Sequence[Move]) -> str | None:
        """What is said if it was not possible."""
        leases, refs = zip(*(move.words for move in moves), strict=True)
        whole = ("--atomic",) if len(moves) > 1 else ()
        words = ("--porcelain", "--no-verify", *whole, *leases)
        answer = self._connecting("push", *words, THERE, *refs)
        return None if answer.is_done else answer.told or "git says nothing"

    def _have_moved(self, moves: Sequence[Move]) -> bool:
        now = self._asked([move.branch for move in moves])
        return any(now.get(move.branch) != move.old for move in moves)

    def _asked(self, branches: Sequence[str]) -> dict[str, str]:
        refs = [f"{HEADS}{branch}" for branch in branches]
        answer = self._connecting("ls-remote", "--quiet", THERE, *refs)
        if not answer.is_done:
            raise unreachable(self.place, answer.told)
        rows = (line.partition("\t") for line in answer.told.splitlines())
        found = {ref: commit for commit, _, ref in rows}
        return {ref.removeprefix(HEADS): found[ref] for ref in refs if ref in found}

    def _fetched(self, tips: dict[str, str]) -> bool:
        """Whether these commits are here now: a branch may have gone on, and lost some."""
        missing = {branch: tip for branch, tip in tips.items() if not self._is_here(tip)}
        if not missing:
            return True
        refs = [f"+{HEADS}{branch}:{_SEEN}{branch}" for branch in missing]
        words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-prune")
        answer = self._connecting("fetch", *words, THERE, *refs)
        # Another process may be noting the same tips: what counts is that the commits are here.
        if all(map(self._is_here, missing.values())):
            return True
        if not answer.is_done and not is_busy(answer.told):
            raise unreachable(self.place, answer.told)
        return False

    def _connecting(self, *arguments: str) -> _Answer:
        try:
            asked = self.git.connecting(*arguments)
            parts = asked.answer()
        except GitError as error:
            raise unreachable(self.place, str(error)) from None
        told = "\n".join(part.decode("utf-8", "surrogateescape") for part in parts)
        return _Answer(asked.process.returncode == 0, told)

    def _is_here(self, commit: str) -> bool:
        if (
            commit not in self._here
            and self.git.line("cat-file", "-e", f"{commit}^{{tree}}") is None
        ):
            return False
        self._here.add(commit)
        return True

    def _ensure(self) -> None:
        try:
            self.git.ensure()
        except OSError as error:
            message = f"no copy of `{self.place.shown}` can be kept in `{self.git.folder}`"
            why = (error.strerror or type(error).__name__).lower()
            help_ = "set XDG_CACHE_HOME to a folder with space"
            raise DeployError(f"{message}: {why}", help_) from None
        except GitError as error:
            raise git_failed(self.place, str(error)) from None
