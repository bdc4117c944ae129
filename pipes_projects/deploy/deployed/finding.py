"""A deployment's name → its current version, or the one that a run is bound to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from pipes_projects.deploy.branch.checkout import checkout_of
from pipes_projects.deploy.deployed.version import Version, ship
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.reading import current, version
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.deploy.owner.loading import deployer_called, deployers_of
from pipes_projects.deploy.site import site_of
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.up import up
from pipes_projects.layout import Layout
from pipes_projects.project import Project


class Pin(NamedTuple):
    """The version that a run is bound to."""

    branch: str
    slug: str
    number: int

    @property
    def text(self) -> str:
        """The pin in a form that other processes can read."""
        return json.dumps(self)


def pin_in(text: str | None) -> Pin | None:
    """The pin that another process has written; None if this is not one."""
    try:
        branch, slug, number = json.loads(text or "null")
        return Pin(str(branch), str(slug), int(number))
    except (TypeError, ValueError):
        return None


def pin_of(found: Version) -> Pin:
    """The pin that binds a run to a version."""
    return Pin(found.ledger.branch, found.ledger.slug, found.ledger.number)


def deployer_of(layout: Layout, name: str | None) -> Deployer:
    """A deployer of a project; without a name, the only one. Raises `DeployError`."""
    return deployer_called(name, deployers_of(layout.root, layout))


def newest(layout: Layout, deployer: Deployer, environ: Mapping[str, str]) -> Version | None:
    """The current version of the branch that is checked out; None if it is not deployed.

    Raises `DeployError`.
    """
    checkout = checkout_of(layout.root, environ)
    storage = open_storage(deployer.at, layout.root, deployer.options)
    ledger = current(storage, checkout.slug, checkout.branch)
    return Version(ledger, storage) if ledger and ledger.state == "up" else None


def pinned(layout: Layout, deployer: Deployer, pin: Pin) -> Version:
    """The version that a pin names; raises `DeployError` if it no longer exists."""
    storage = open_storage(deployer.at, layout.root, deployer.options)
    ledger = version(storage, pin.slug, pin.number)
    if ledger is None:
        message = f"version {pin.number} of `{pin.branch}`, for which this run began, is gone"
        raise DeployError(message, "reload the code location, and run it again")
    return Version(ledger, storage)


def deployed(
    layout: Layout, project: Project, deployer: Deployer, environ: Mapping[str, str]
) -> Version:
    """Ship the branch that is checked out, and return its version; raises `DeployError`."""
    site = site_of(layout, project, deployer, checkout_of(layout.root, environ))
    ledger = up(site).ledger
    if ledger is None:
        raise not_deployed(layout, deployer, environ)
    return Version(ledger, site.storage)


def not_deployed(layout: Layout, deployer: Deployer, environ: Mapping[str, str]) -> DeployError:
    """The error that a branch has no version."""
    branch = checkout_of(layout.root, environ).branch
    message = f"the branch `{branch}` is not deployed on `{deployer.name}`"
    return DeployError(message, ship(deployer.name, branch))
