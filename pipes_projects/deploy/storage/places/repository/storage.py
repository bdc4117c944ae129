"""A repository of Git as a storage: a branch has its files, and another one its locks.

To put a file is to move a branch, from where we have read it to a commit that has one file more. If
somebody else has moved it meanwhile, we read it again: they may have put the same file.

Its readers pull a third branch, one for each branch of the project, which has the scripts of the
current version at their own paths. It moves together with the ledger.
"""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final, NamedTuple

from pipes_projects.analysis.git.process import GitError
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.storage.paths import checked
from pipes_projects.deploy.storage.places.repository.refusals import git_failed
from pipes_projects.deploy.storage.places.repository.remote import Move, Remote
from pipes_projects.deploy.storage.places.repository.trees import Edits, Trees
from pipes_projects.deploy.storage.refusals import refused
from pipes_projects.deploy.storage.secrets import StorageUrl
from pipes_projects.deploy.storage.storage import Entry
from pipes_projects.disk.cache import cache_folder

LEDGER: Final = "_ledger"
LOCKS: Final = "_locks"
"""No slug begins like these."""
TRIES: Final = 100
_LOCKS: Final = "locks"
"""The folder that has a branch of its own, without a history: locks are renewed all the time."""


class _Showing(NamedTuple):
    """A branch that is to move together with a file of the ledger."""

    branch: str
    old: str | None
    made: str | None
    """None if the branch is to be deleted."""

    @property
    def move(self) -> Move:
        return Move(self.branch, self.old, self.made)


class RepositoryStorage:
    """See `Storage`, and `Showing`."""

    def __init__(self, place: StorageUrl, url: str, prefix: str) -> None:
        self._place = place
        self._prefix = prefix
        self._remote = Remote(place, url, cache_folder())
        self._trees = Trees(self._remote.git)
        self._showing: dict[str, _Showing] = {}
        self._keeps_history = False

    @property
    def shown(self) -> str:
        """See `Storage`."""
        return self._place.shown

    def create(self, path: str, data: bytes) -> bool:
        """See `Storage`; what was to be shown with the file is shown from the same moment on."""
        with self._told():
            wanted = partial(self._one_more, path, data)
            showing = self._showing.pop(path, None)
            return self._changed(self._branch(path), f"Add {path}", wanted, showing)

    def create_all(
        self, files: Iterable[tuple[str, bytes]], progress: Callable[[int], None] | None = None
    ) -> None:
        """See `Storage`; all of them appear at once."""
        puts: dict[str, str] = {}
        with self._told():
            for done, (path, id_) in enumerate(self._trees.blobs(files), start=1):
                puts[checked(path)] = id_
                if progress:
                    progress(done)
            for branch in sorted({self._branch(path) for path in puts}):
                own = {path: id_ for path, id_ in puts.items() if self._branch(path) == branch}
                self._changed(branch, f"Add {len(own):,} files", _with(own))

    def settle(self) -> None:
        """See `Storage`; a server keeps what it has confirmed."""

    def read(self, path: str) -> bytes | None:
        """See `Storage`; nothing is overwritten, so a file that we have seen is as it was."""
        with self._told():
            branch = self._branch(path)
            seen = self._trees.read(self._remote.seen.get(branch), path)
            return seen if seen is not None else self._trees.read(self._tip(branch), path)

    def entries(self, folder: str) -> list[Entry]:
        """See `Storage`; ages are by the clocks of those who have put the files."""
        with self._told():
            branches = [self._branch(folder)] if folder else [self._branch(LEDGER), self._locks]
            return [
                entry
                for branch in branches
                for entry in self._inside(self._tip(branch), folder, branch != self._locks)
            ]

    def remove(self, path: str) -> None:
        """See `Storage`."""
        self.remove_files([path])

    def remove_files(self, paths: Sequence[str]) -> None:
        """See `Storage`."""
        with self._told():
            for branch in sorted({self._branch(path) for path in paths}):
                own = [path for path in paths if self._branch(path) == branch]
                self._changed(branch, f"Remove {', '.join(own)}", _without(own))

    def location(self, path: str) -> str:
        """See `Storage`; in Python's own form of such URLs, with the path after a `#`."""
        return f"{self.shown}@{self._branch(path)}#{path}"

    def show(self, path: str, name: str, folders: Sequence[str], message: str) -> str | None:
        """See `Showing`."""
        with self._told():
            branch, ledger = f"{self._prefix}{name}", self._branch(path)
            tips = self._remote.tips([branch, ledger])
            old, made = tips.get(branch), None
            self._refuse_foreign(branch, old)
            if folders:
                files = self._files_of(tips.get(ledger), folders)
                made = self._trees.commit(None, Edits(files), old, f"{message}\n\n{_OURS}\n")
            if made or old:
                self._showing[path] = _Showing(branch, old, made)
            return f"{self.shown}@{made}#" if made else None

    def shown_path(self, location: str) -> str | None:
        """See `Showing`."""
        place, sign, path = location.removeprefix(f"{self.shown}@").partition("#")
        return path if sign and location == f"{self.shown}@{place}#{path}" else None

    @property
    def _locks(self) -> str:
        return f"{self._prefix}{LOCKS}"

    def _branch(self, path: str) -> str:
        """The branch that has a path."""
        if "\n" in path:
            raise DeployError(
                f"`{path}` cannot be put into `{self.shown}`",
                "rename it: its name has a line break",
            )
        is_lock = _top(checked(path)) == _LOCKS
        return self._locks if is_lock else f"{self._prefix}{LEDGER}"

    def _tip(self, branch: str) -> str | None:
        if self._remote.has_just_moved(branch):
            return self._remote.seen[branch]
        return self._remote.tips([branch]).get(branch)

    def _changed(
        self,
        branch: str,
        message: str,
        wanted: Callable[[Trees, str | None], Edits | None],
        showing: _Showing | None = None,
    ) -> bool:
        """Whether the branch has some edits now; False if they are no longer wanted."""
        for attempt in range(TRIES):
            is_fresh = attempt > 0 or branch not in self._remote.seen
            tip = self._tip(branch) if is_fresh else self._remote.seen[branch]
            edits = wanted(self._trees, tip)
            if edits is None and is_fresh:
                return False
            if edits and self._moved(branch, tip, edits, message, showing):
                return True
            self._refuse_moved(showing)
            time.sleep(random.uniform(0, min(0.02 * attempt, 1)))
        raise DeployError(
            f"`{branch}` in `{self.shown}` changes all the time",
            "try again when fewer deploy at once",
        )

    def _moved(
        self, branch: str, tip: str | None, edits: Edits, message: str, showing: _Showing | None
    ) -> bool:
        is_alone = branch == self._locks and not self._keeps_history
        made = self._trees.commit(tip, edits, None if is_alone else tip, message)
        try:
            return self._remote.move(
                [Move(branch, tip, made), *([showing.move] if showing else [])]
            )
        except DeployError:
            if not is_alone or tip is None:
                raise
            self._keeps_history = True  # such a server refuses branches that lose their history
            return False

    def _one_more(self, path: str, data: bytes, trees: Trees, tip: str | None) -> Edits | None:
        *above, at = trees.kinds(tip, [*_above(path), path])
        if "blob" in above:
            raise refused(OSError(errno.ENOTDIR, ""), self.shown, path)
        return None if at else Edits({path: data})

    def _inside(self, tip: str | None, folder: str, has_ages: bool) -> Iterator[Entry]:
        added = self._trees.added(tip, folder) if has_ages else {}
        for found in self._trees.inside(tip, folder):
            age = max(0.0, time.time() - added[found.path]) if found.path in added else 0.0
            yield Entry(found.path.rpartition("/")[2], found.is_folder, age)

    def _files_of(self, tip: str | None, folders: Sequence[str]) -> dict[str, str]:
        """The files of several folders, one folder over the other."""
        wanted, depth = set(folders), folders[0].count("/") + 1
        files: dict[str, str] = {}
        seen = set()
        for found in self._trees.files(tip, sorted({*map(_top, wanted)})):
            parts = found.path.split("/")
            folder = "/".join(parts[:depth])
            if folder in wanted:
                seen.add(folder)
                files["/".join(parts[depth:])] = found.id
        if missing := min(wanted - seen, default=None):
            message = f"`{missing}` in `{self.shown}` is gone, and a version needs it"
            raise DeployError(
                message, "somebody removed it: put it back, or ship to another prefix"
            )
        return files

    def _refuse_foreign(self, branch: str, tip: str | None) -> None:
        if tip and not self._trees.has_message(tip, _OURS):
            raise DeployError(
                f"`{branch}` in `{self.shown}` is a branch that no deployment has made",
                'rename it, or set another prefix: `options={"prefix": "deploy/"}`',
            )

    def _refuse_moved(self, showing: _Showing | None) -> None:
        if showing and self._tip(showing.branch) != showing.old:
            raise DeployError(
                f"somebody else has pushed to `{showing.branch}` in `{self.shown}` meanwhile",
                "deploy again: what they have pushed stays in its history",
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except GitError as error:
            raise git_failed(self._place, str(error)) from None


_OURS: Final = "Shipped-by: pipes-projects"
"""The last line of the messages of our commits, by which we know our branches."""


def _with(puts: Mapping[str, str]) -> Callable[[Trees, str | None], Edits | None]:
    def missing(trees: Trees, tip: str | None) -> Edits | None:
        there = {found.path: found.id for found in trees.files(tip, {*map(_top, puts)})}
        new = {path: id_ for path, id_ in puts.items() if there.get(path) != id_}
        return Edits(new) if new else None

    return missing


def _without(paths: Sequence[str]) -> Callable[[Trees, str | None], Edits | None]:
    return lambda trees, tip: Edits({}, paths) if any(trees.kinds(tip, paths)) else None


def _above(path: str) -> list[str]:
    """The folders that a path is in."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _top(path: str) -> str:
    return path.partition("/")[0]
