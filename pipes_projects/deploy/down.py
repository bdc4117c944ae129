"""Takes a branch's deployment down: first that is recorded, then what was shipped is removed."""

from __future__ import annotations

from typing import NamedTuple

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger
from pipes_projects.deploy.owner.calling import call
from pipes_projects.deploy.site import Site

_KEPT = ("head", "commit", "is_dirty", "request", "base")


class Gone(NamedTuple):
    """What `down` has done."""

    ledger: Ledger | None
    """The current version; None if the branch was never deployed."""
    was_up: bool = False


def down(site: Site, yes_production: bool = False) -> Gone:
    """Take a branch down: the owner's function removes what was shipped; raises `DeployError`.

    If that function fails, the ledger keeps what is still to be removed, and another `down`, or
    `gc`, tries again. Bundles, which other branches may share, are left to `gc`.
    """
    if site.is_production and not yes_production:
        raise _is_production(site)
    with site.locked("down") as held:
        before = site.current()
        if before is None or is_gone(before):
            return Gone(before)
        if before.is_production and not yes_production:  # it was, by another setting
            raise _is_production(site)
        held.check()
        told = before if before.state == "down" else _next(site, before, keep=True)
        _tear_down(site, told)
        held.check()
        gone = _next(site, told, keep=False)
        held.forestalled()
        return Gone(gone, was_up=before.state == "up")


def try_down(site: Site, yes_production: bool = False) -> Gone:
    """What would be taken down; the owner's function, which removes things, is not called."""
    before = site.current()
    if (site.is_production or (before and before.is_production)) and not yes_production:
        raise _is_production(site)
    return Gone(before, was_up=before is not None and before.state == "up")


def _is_production(site: Site) -> DeployError:
    message = f"`{site.checkout.branch}` is the production branch"
    return DeployError(message, "`--yes-production` takes it down all the same")


def is_gone(ledger: Ledger) -> bool:
    """Whether nothing is left to remove."""
    return ledger.state == "down" and not ledger.ships


def _tear_down(site: Site, ledger: Ledger) -> None:
    if site.deployer.tear_down is None:
        return
    places = {
        script: shipped.location for script, shipped in ledger.ships.items() if shipped.location
    }
    context = site.context(ledger.number, removed_scripts=tuple(ledger.ships), published=places)
    call(site.deployer.tear_down, context, is_up=False)


def _next(site: Site, before: Ledger, keep: bool) -> Ledger:
    ships = before.ships if keep else {}
    kept = {name: getattr(before, name) for name in _KEPT}
    return site.add(before.number + 1, state="down", ships=ships, **kept)
