"""Keeps those who lost their lock, and may still be at work, from putting a version.

Somebody who was stopped right before putting version 7 may go on at any time. What that version
needs may have been collected by then, so 7 is put before: as the version that counts, once more.
Only one of many can put a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipes_projects.deploy.branch.checkout import Checkout
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.locks import clear_doubt, free_locks
from pipes_projects.deploy.ledger.reading import highest
from pipes_projects.deploy.site import Site

_KEPT = ("state", "head", "commit", "is_dirty", "request", "base", "ships", "is_production")


def forestall(site: Site) -> Iterator[tuple[str, DeployError]]:
    """During a collection: for all branches with such a lock. Yields the slugs for which this
    failed, with the reason: what they need is unknown."""
    for lock in free_locks(site.storage):
        if lock.in_doubt:
            try:
                _take_number(site, lock.slug, lock.branch)
                clear_doubt(site.storage, lock.slug)
            except DeployError as error:
                yield lock.slug, error


def is_placeholder(ledger: Ledger) -> bool:
    """Whether a version is there only so that nobody puts one in its place."""
    return (ledger.number, ledger.state) == (1, "down")


def _take_number(site: Site, slug: str, branch: str) -> None:
    while True:
        last = highest(site.storage, slug)
        if last is None and not branch:
            message = f"somebody who lost the lock of `{slug}` may still be at work"
            raise DeployError(message, "deploy that branch once more")
        of_branch = replace(site, checkout=Checkout(last.branch if last else branch, slug))
        ledger = _once_more(of_branch, last)
        if of_branch.ledgers.put(ledger.number, ledger.model_dump_json(indent=2).encode() + b"\n"):
            return


def _once_more(site: Site, last: Ledger | None) -> Ledger:
    if last is None:
        return site.next_ledger(1, state="down")
    back = last.rolled_back_to or last.number
    kept = {name: getattr(last, name) for name in _KEPT}
    return site.next_ledger(last.number + 1, **kept).model_copy(
        update={"rolled_back_to": back if last.state == "up" else None}
    )
