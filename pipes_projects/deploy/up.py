"""Ships a branch's scripts: readers see either all of the previous version, or all of this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from shlex import quote
from typing import Any, NamedTuple

from pipes_projects.deploy.branch.ignored import refuse_unignored
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.ledger.reading import version
from pipes_projects.deploy.owner.calling import call
from pipes_projects.deploy.owner.context import DeployContext
from pipes_projects.deploy.plan import DeployPlan, plan, ships_nothing
from pipes_projects.deploy.shipping.bundles import Bundle, bundles_of
from pipes_projects.deploy.shipping.differences import differing_from
from pipes_projects.deploy.site import Site, shipped_before
from pipes_projects.deploy.storage.places.folder import FolderStorage
from pipes_projects.deploy.storage.read_only import ReadOnlyStorage

_OF_COMMIT = ("head", "commit", "is_dirty", "request", "base", "ships")


class Outcome(NamedTuple):
    """What `up` has done, or would do."""

    plan: DeployPlan
    ledger: Ledger | None = None
    """The current version; None after a dry run."""
    is_new: bool = False
    """Whether there was anything to do."""

    def plain(self) -> dict[str, Any]:
        """For programs."""
        ledger = self.ledger.model_dump(mode="json") if self.ledger else None
        return {"version": 1, "is_new": self.is_new, "plan": self.plan.plain(), "ledger": ledger}


def planned(site: Site) -> DeployPlan:
    """What `up` would do now; raises `DeployError`."""
    return plan(site, bundles_of(site.project, site.layout.root), site.current())


def up(site: Site, only_changed: bool = False) -> Outcome:
    """Ship what has changed since it was shipped last; raises `DeployError`, in which case nothing
    has changed for readers.

    With `only_changed`, what is exactly as on the base is not shipped: the base's copy is used.
    """
    _refuse_forks(site)
    if isinstance(site.storage, FolderStorage):
        refuse_unignored(site.storage.root, site.layout.root)
    bundles = bundles_of(site.project, site.layout.root)
    with site.locked("up") as held:
        before = site.current()
        to_do = plan(site, bundles, before)
        if before is not None and _is_done(site, to_do, before):
            return Outcome(to_do, before)
        upping = _Upping(site, bundles, before, to_do, only_changed, held.generation)
        ships = _shipped(upping)
        site.storage.settle()
        held.check()
        ledger = site.add(to_do.number, ships=ships)
        held.forestalled()
        return Outcome(to_do, ledger, is_new=True)


def try_up(site: Site, only_changed: bool = False) -> Outcome:
    """Call the owner's function with `dry_run`: neither a lock nor a ledger is written."""
    bundles = bundles_of(site.project, site.layout.root)
    before = site.current()
    to_do = plan(site, bundles, before)
    if before is None or not _is_done(site, to_do, before):
        _shipped(_Upping(site, bundles, before, to_do, only_changed), dry_run=True)
    return Outcome(to_do)


def roll_back(site: Site, number: int) -> Outcome:
    """Go back to the code of an earlier version, as a new version; raises `DeployError`."""
    with site.locked("up") as held:
        before = site.current()
        to_do = ships_nothing(site, before)
        if before and before.state == "up" and number in (before.number, before.rolled_back_to):
            return Outcome(to_do, before)
        earlier = version(site.storage, site.checkout.slug, number)
        if before is None or earlier is None or earlier.state != "up":
            raise _no_version(site, number)
        held.check()
        values = {name: getattr(earlier, name) for name in _OF_COMMIT}
        ledger = site.add(before.number + 1, rolled_back_to=number, **values)
        held.forestalled()
        return Outcome(to_do, ledger, is_new=True)


class _Upping(NamedTuple):
    """An `up` that is under way."""

    site: Site
    bundles: Mapping[str, Bundle]
    before: Ledger | None
    plan: DeployPlan
    only_changed: bool
    generation: int = 0

    @property
    def there(self) -> dict[str, int]:
        """The hashes of the bundles that some version needs, each with its generation: no
        collection removes these, not even one that lost its lock."""
        versions = (self.site.base_ledger, self.before)
        known = (shipped for version in versions for shipped in shipped_before(version).values())
        return {shipped.hash: shipped.generation for shipped in known}

    @property
    def inherited(self) -> dict[str, Shipped]:
        """What is exactly as on the base, if that is not to be shipped again."""
        base = shipped_before(self.site.base_ledger) if self.only_changed else {}
        return {
            script: shipped
            for script, shipped in base.items()
            if script in self.bundles and self.bundles[script].hash == shipped.hash
        }


def _is_done(site: Site, to_do: DeployPlan, before: Ledger) -> bool:
    """Whether there is nothing to do: not even the commit is new."""
    is_same_commit = before.commit == site.checkout.commit and before.head == site.checkout.head
    return before.state == "up" and to_do.is_empty and is_same_commit


def _shipped(upping: _Upping, dry_run: bool = False) -> dict[str, Shipped]:
    """Calls the owner's function; returns where each script is afterwards."""
    inherited, there = upping.inherited, upping.there
    own = {
        path: _of_generation(bundle, there.get(bundle.hash, upping.generation))
        for path, bundle in upping.bundles.items()
        if path not in inherited
    }
    context = _context(upping, own, frozenset(there), dry_run)
    if dry_run:
        context = replace(context, storage=ReadOnlyStorage(context.storage))
    call(upping.site.deployer.up, context)
    before = shipped_before(upping.before)
    ships = {
        path: _ship(bundle, context.published.get(path), before.get(path))
        for path, bundle in own.items()
    }
    return dict(sorted({**inherited, **ships}.items()))


def _of_generation(bundle: Bundle, generation: int) -> Bundle:
    is_so = bundle.generation == generation
    return bundle if is_so else bundle._replace(generation=generation)


def _ship(bundle: Bundle, published: str | None, before: Shipped | None) -> Shipped:
    """A script that has not changed stays where it was, unless it was published again."""
    if before and published in (None, before.location) and _is_as_before(bundle, before):
        return before
    known = before.location if before and before.hash == bundle.hash else None
    return Shipped(
        hash=bundle.hash,
        location=published or known,
        parts=dict(bundle.parts),
        as_text=dict(bundle.as_text),
        executable=bundle.executable,
        generation=bundle.generation,
    )


def _is_as_before(bundle: Bundle, before: Shipped) -> bool:
    return (
        before.hash == bundle.hash
        and before.generation == bundle.generation
        and before.parts == bundle.parts
        and before.as_text == bundle.as_text
        and before.executable == bundle.executable
    )


def _context(
    upping: _Upping, own: Mapping[str, Bundle], there: frozenset[str], dry_run: bool
) -> DeployContext:
    site, to_do = upping.site, upping.plan
    changed = [shipment for shipment in to_do.of("new", "changed") if shipment.script in own]
    return site.context(
        to_do.number,
        dry_run=dry_run,
        changed_scripts=tuple(shipment.script for shipment in changed),
        changed_assets=tuple(key for shipment in changed for key in shipment.assets),
        removed_scripts=tuple(shipment.script for shipment in to_do.of("removed")),
        changed_against_base=differing_from(site.base, site.layout, own),
        bundles=own,
        there=there,
    )


def _refuse_forks(site: Site) -> None:
    """What strangers propose is never shipped automatically, where secrets are at hand."""
    checkout = site.checkout
    if checkout.is_fork and checkout.said_by != "--branch":
        message = f"`{checkout.branch}` is a branch of a fork, which nobody here has looked at"
        raise DeployError(
            message, f"once somebody has, `--branch {quote(checkout.branch)}` ships it"
        )


def _no_version(site: Site, number: int) -> DeployError:
    message = f"`{site.checkout.branch}` has no version {number} that was up"
    known = "`pipes-projects deploy show` lists its versions"
    return DeployError(message, known if site.ledgers.numbers() else "it was never deployed")
