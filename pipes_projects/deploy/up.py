"""Ships a branch's scripts: readers see either all of the previous version, or all of this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.ledger.locks import lock
from pipes_projects.deploy.ledger.reading import version
from pipes_projects.deploy.owner.calling import call
from pipes_projects.deploy.owner.context import DeployContext
from pipes_projects.deploy.plan import DeployPlan, assets_of, plan
from pipes_projects.deploy.shipping.bundles import Bundle, bundles_of
from pipes_projects.deploy.shipping.differences import differing_from
from pipes_projects.deploy.site import Site, shipped_before

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
    bundles = bundles_of(site.project, site.layout.root)
    with lock(site.storage, site.checkout.slug, "up", told=site.reports.waiting) as held:
        before = site.current()
        to_do = plan(site, bundles, before)
        if before is not None and _is_done(site, to_do, before):
            return Outcome(to_do, before)
        ships = _shipped(_Upping(site, bundles, before, to_do, only_changed))
        site.storage.settle()
        held.check()
        return Outcome(to_do, site.add(to_do.number, ships=ships), is_new=True)


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
    with lock(site.storage, site.checkout.slug, "up", told=site.reports.waiting) as held:
        before = site.current()
        to_do = plan(site, {}, None)
        if before is not None and (before.number, before.state) == (number, "up"):
            return Outcome(to_do, before)
        earlier = version(site.storage, site.checkout.slug, number)
        if before is None or earlier is None or earlier.state != "up":
            raise _no_version(site, number)
        held.check()
        values = {name: getattr(earlier, name) for name in _OF_COMMIT}
        ledger = site.add(before.number + 1, rolled_back_to=number, **values)
        return Outcome(to_do, ledger, is_new=True)


class _Upping(NamedTuple):
    """An `up` that is under way."""

    site: Site
    bundles: Mapping[str, Bundle]
    before: Ledger | None
    plan: DeployPlan
    only_changed: bool

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
    inherited = upping.inherited
    own = {path: bundle for path, bundle in upping.bundles.items() if path not in inherited}
    context = _context(upping, own, dry_run)
    call(upping.site.deployer.up, context)
    before = shipped_before(upping.before)
    ships = {
        path: _ship(bundle, context.published.get(path), before.get(path))
        for path, bundle in own.items()
    }
    return dict(sorted({**inherited, **ships}.items()))


def _ship(bundle: Bundle, published: str | None, before: Shipped | None) -> Shipped:
    """A script that has not changed stays where it was, unless it was published again."""
    known = before.location if before and before.hash == bundle.hash else None
    parts, as_text = dict(bundle.parts), dict(bundle.as_text)
    return Shipped(hash=bundle.hash, location=published or known, parts=parts, as_text=as_text)


def _context(upping: _Upping, own: Mapping[str, Bundle], dry_run: bool) -> DeployContext:
    site, to_do = upping.site, upping.plan
    changed = tuple(
        shipment.script for shipment in to_do.of("new", "changed") if shipment.script in own
    )
    assets = assets_of(site.project)
    known = (*shipped_before(upping.before).values(), *shipped_before(site.base_ledger).values())
    return site.context(
        to_do.number,
        dry_run=dry_run,
        changed_scripts=changed,
        changed_assets=tuple(key for script in changed for key in assets.get(script, ())),
        removed_scripts=tuple(shipment.script for shipment in to_do.of("removed")),
        changed_against_base=differing_from(site.base, site.layout, own),
        bundles=own,
        there=frozenset(shipped.hash for shipped in known),
    )


def _refuse_forks(site: Site) -> None:
    """What strangers propose is never shipped automatically, where secrets are at hand."""
    checkout = site.checkout
    if checkout.is_fork and checkout.said_by != "--branch":
        message = f"`{checkout.branch}` is a branch of a fork, which nobody here has looked at"
        raise DeployError(message, f"whoever has ships it by `--branch {checkout.branch}`")


def _no_version(site: Site, number: int) -> DeployError:
    numbers = ", ".join(map(str, site.ledgers.numbers()[-10:]))
    message = f"`{site.checkout.branch}` has no version {number} that was up"
    known = f"`pipes-projects deploy show` tells what its versions {numbers} are"
    return DeployError(message, known if numbers else "it was never deployed")
