"""Takes down the deployments that branches left behind: the branch is gone, or its time is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from pipes_projects.deploy.branch.checkout import Checkout
from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.deploy.down import down, is_gone
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.ledger.reading import highest, ledgers, slugs
from pipes_projects.deploy.site import Site


class Collected(NamedTuple):
    """Something that was to be removed."""

    what: str
    """`deployment`, `version`, `bundle`, `lock` or `unfinished`; where it is not known which ones,
    `deployments`, `versions`, `bundles` or `leftovers`."""
    name: str
    why: str
    failure: str | None = None
    """Why it is still there."""


def uncollected(deployment: str, error: DeployError) -> Collected:
    """What is said if an error ends the collection of a deployment."""
    return Collected("leftovers", f"of {deployment}", "nothing needs them", error.whole)


def leftovers(
    site: Site, branches: Callable[[], frozenset[str]], yes_production: bool, dry_run: bool
) -> Iterator[Collected]:
    """Attempts each of them; what fails stays in its ledger, for the next time."""
    alive, unknown = _alive(branches)
    if unknown:
        yield Collected(
            "deployments", "of branches that are gone", "their branches are gone", unknown
        )
    for slug in slugs(site.storage):
        try:
            ledger = _of_its_branch(highest(site.storage, slug), site)
        except DeployError as error:
            yield Collected("versions", f"of {slug}", "they may be old", error.whole)
            continue
        why = _why(site, ledger, alive) if ledger else None
        if ledger and why:
            yield _taken_down(site, ledger, why, yes_production, dry_run)


def _of_its_branch(ledger: Ledger | None, site: Site) -> Ledger | None:
    """Raises `DeployError` if somebody has written another branch into a ledger: that this one is
    gone says nothing about the branch that has been deployed."""
    if ledger and slug_of(ledger.branch) != ledger.slug:
        raise DeployError(
            f"`{ledger.slug}` in `{site.storage.shown}` is not the slug of the branch "
            f"`{ledger.branch}`, which its version {ledger.number} names",
            "somebody edited it: put back what it said",
        )
    return ledger


def _alive(branches: Callable[[], frozenset[str]]) -> tuple[frozenset[str] | None, str]:
    try:
        return branches(), ""
    except DeployError as error:
        return None, error.whole


def _why(site: Site, ledger: Ledger, alive: frozenset[str] | None) -> str | None:
    """Why a deployment should go; None if it stays."""
    if is_gone(ledger):
        return None
    if ledger.state == "down":
        return "it is down, and not all of it was removed"
    is_fork = ":" in ledger.branch  # nobody here knows a fork's branches
    if alive is not None and not is_fork and ledger.branch not in alive:
        return f"the branch `{ledger.branch}` is gone"
    if (
        site.deployer.ttl is not None
        and not ledger.is_production
        and _age(site, ledger) > site.deployer.ttl
    ):
        return "its `ttl` is over"
    return None


def _age(site: Site, ledger: Ledger) -> float:
    """Seconds since it was deployed, by the storage's clock."""
    numbered = ledgers(site.storage, ledger.slug)
    name = numbered.path(ledger.number).rpartition("/")[2]
    entries = site.storage.entries(numbered.folder)
    return next((entry.age for entry in entries if entry.name == name), 0)


def _taken_down(
    site: Site, ledger: Ledger, why: str, yes_production: bool, dry_run: bool
) -> Collected:
    found = Collected("deployment", ledger.branch, why)
    checkout = Checkout(ledger.branch, ledger.slug, ledger.head, ledger.commit)
    if dry_run:
        return found
    try:
        down(replace(site, checkout=checkout), yes_production)
    except DeployError as error:
        return found._replace(failure=error.whole)
    return found
