"""Removes what nobody needs any more; every removal is attempted, and reported.

First the deployments that branches left behind are taken down, each under its own lock. Then, while
nobody deploys, old versions go, and so do bundles that no version needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from time import monotonic
from typing import Final, NamedTuple

from pipes_projects.deploy.down import is_gone
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.forestalling import forestall, is_placeholder
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.held import Held
from pipes_projects.deploy.ledger.locks import collecting, free_locks, remove_lock
from pipes_projects.deploy.ledger.reading import history, ledgers, slugs
from pipes_projects.deploy.leftovers import Collected, leftovers, uncollected
from pipes_projects.deploy.shipping.bundles import STORE, folder_of
from pipes_projects.deploy.site import Site
from pipes_projects.deploy.storage.paths import UNFINISHED
from pipes_projects.deploy.storage.storage import Listing, Storage

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
"""How long somebody who was stopped is kept from putting a branch's first version."""
_AT_ONCE: Final = 1000
_NOT_NEEDED: Final = "no version needs it"
_SURE: Final = 1.0
"""For how many seconds we assume that a lock is still ours, before we look again."""


class Keep(NamedTuple):
    """What stays although it is no longer current: a run may have looked it up long ago.

    A version goes when it is neither recent by number nor young.
    """

    versions: int = 10
    """How many versions a branch keeps if it is up; one that is down keeps only young ones."""
    seconds: float = _WEEK


def collect(
    site: Site,
    branches: Callable[[], frozenset[str]],
    keep: Keep | None = None,
    yes_production: bool = False,
    dry_run: bool = False,
) -> list[Collected]:
    """What was removed, and what could not be; `branches` returns those that exist.

    Raises `DeployError` only if nothing was removed: the storage fails, or others deploy.
    """
    found: list[Collected] = []
    try:
        for item in leftovers(site, branches, yes_production, dry_run):
            found.append(item)
        for item in _swept(site, keep or Keep(), dry_run):
            if item.failure is None or item not in found:  # a document is unreadable twice
                found.append(item)
    except DeployError as error:
        if not found:
            raise
        found.append(uncollected(site.deployer.name, error))
    return found


def _swept(site: Site, keep: Keep, dry_run: bool) -> Iterator[Collected]:
    if dry_run:
        yield from _Sweeping(site.storage, keep).all()
        return
    with collecting(site.storage, told=site.reports.waiting) as held:
        sweeping = _Sweeping(site.storage, keep, held)
        yield from sweeping.forestalled(site)
        yield from sweeping.all()


class _Sweeping:
    """Removes versions and files while nobody deploys."""

    def __init__(self, storage: Storage, keep: Keep, held: Held | None = None) -> None:
        """Unless a lock is held, nothing is removed."""
        self.storage = storage
        self.keep = keep
        self.held = held
        self.checked = monotonic()
        self.needed: set[str] = set()
        """The folders of bundles that some version needs."""
        self.alive = set[str]()
        """The slugs that have a version."""
        self.is_unsure = False
        """Whether some version cannot be read: it may need any of the bundles."""

    def forestalled(self, site: Site) -> Iterator[Collected]:
        """Nobody who lost a lock may put a version that needs what will be removed."""
        for slug, error in forestall(site):
            self.is_unsure = True
            yield Collected("versions", f"of {slug}", "they may be put now", error.whole)

    def all(self) -> Iterator[Collected]:
        """Versions, then the bundles that are no longer needed, then what was never finished."""
        for slug in slugs(self.storage):
            yield from self._versions(slug)
        if self.held:
            yield from self._locks(self.held)
        if self.is_unsure:
            failure = "a version cannot be read, and may need any of them"
            yield Collected("bundles", "that no version needs", _NOT_NEEDED, failure)
        else:
            yield from self._bundles()
        for entry in self.storage.entries(UNFINISHED):
            if entry.age > _DAY:
                yield self._removed("unfinished", f"{UNFINISHED}/{entry.name}", "it is incomplete")

    def _versions(self, slug: str) -> Iterator[Collected]:
        """The oldest ones, up to the first that stays, so that the numbers have no gaps."""
        numbered = ledgers(self.storage, slug)
        try:
            versions = history(self.storage, slug)
            ages = {entry.name: entry.age for entry in self.storage.entries(numbered.folder)}
        except DeployError as error:
            self.is_unsure = True
            self.alive.add(slug)
            yield Collected("versions", f"of {slug}", "they may be old", error.whole)
            return
        self.alive.add(slug)
        going = list(
            takewhile(lambda ledger: self._goes(ledger, versions[-1], _age(ledger, ages)), versions)
        )
        for ledger in going:
            found = self._removed("version", numbered.path(ledger.number), "it is old")
            if found.failure:
                self._needs(ledger)
            yield found
        for ledger in versions[len(going) :]:
            self._needs(ledger)
        if len(going) == len(versions):
            self.alive.discard(slug)

    def _needs(self, ledger: Ledger) -> None:
        if ledger.state == "up":
            self.needed |= {
                folder_of(shipped.hash, shipped.generation) for shipped in ledger.ships.values()
            }

    def _goes(self, ledger: Ledger, last: Ledger, age: float) -> bool:
        if age <= (max(_WEEK, self.keep.seconds) if is_placeholder(ledger) else self.keep.seconds):
            return False
        if is_gone(last):
            return True
        kept = self.keep.versions if last.state == "up" else 1
        return ledger.number <= last.number - kept

    def _bundles(self) -> Iterator[Collected]:
        folders = (f"{STORE}/{entry.name}" for entry in self.storage.entries(STORE))
        going = [folder for folder in folders if folder not in self.needed]
        if self.held and isinstance(self.storage, Listing):
            yield from self._all_removed(going, self.storage, self.held)
            return
        for path in going:
            yield self._removed("bundle", path, _NOT_NEEDED)

    def _all_removed(
        self, folders: Sequence[str], storage: Listing, held: Held
    ) -> Iterator[Collected]:
        """Bundles, with many files in each request; one that fails is tried again by itself."""
        of_folder: dict[str, list[str]] = {folder: [] for folder in folders}
        for path in storage.files_below(STORE) if folders else ():
            of_folder.get("/".join(path.split("/")[:2]), []).append(path)
        for some in _batches(of_folder):
            self._refuse_lost(held)
            try:
                self.storage.remove_files([path for folder in some for path in of_folder[folder]])
            except DeployError:
                yield from (self._removed("bundle", folder, _NOT_NEEDED) for folder in some)
            else:
                yield from (Collected("bundle", folder, _NOT_NEEDED) for folder in some)

    def _locks(self, held: Held) -> Iterator[Collected]:
        """What locks have left behind of branches that have no version any more."""
        for lock in free_locks(self.storage):
            if lock.slug not in self.alive and not lock.in_doubt:
                held.check()  # otherwise we could remove the lock of somebody who is at work
                try:
                    remove_lock(self.storage, lock.slug)
                except DeployError as error:
                    yield Collected("lock", lock.slug, "nothing needs it", error.whole)

    def _refuse_lost(self, held: Held) -> None:
        """Raises `DeployError` if we were stopped for so long that others have gone on."""
        if monotonic() - self.checked > _SURE:
            held.check()
            self.checked = monotonic()

    def _removed(self, what: str, path: str, why: str) -> Collected:
        if self.held is None:
            return Collected(what, path, why)
        self._refuse_lost(self.held)
        try:
            self.storage.remove(path)
        except DeployError as error:
            return Collected(what, path, why, error.whole)
        return Collected(what, path, why)


def _batches(of_folder: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Folders that together have as many files as a request may name, or little more."""
    some, count = list[str](), 0
    for folder, paths in of_folder.items():
        some.append(folder)
        count += len(paths)
        if count >= _AT_ONCE:
            yield some
            some, count = [], 0
    if some:
        yield some


def _age(ledger: Ledger, ages: Mapping[str, float]) -> float:
    """By the storage's clock; a version added after the folder was listed is new."""
    return ages.get(f"{ledger.number:06}.json", 0)
