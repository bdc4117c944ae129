"""One branch of a project on the storage of one deployer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from logging import Logger, getLogger
from typing import Any, Final

from pipes_projects.deploy.branch.checkout import Checkout
from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger, LockRecord, Shipped
from pipes_projects.deploy.ledger.held import Held
from pipes_projects.deploy.ledger.holders import user_name
from pipes_projects.deploy.ledger.locks import lock
from pipes_projects.deploy.ledger.numbered import Numbered
from pipes_projects.deploy.ledger.reading import current, ledgers
from pipes_projects.deploy.owner.context import DeployContext, nobody_asks
from pipes_projects.deploy.owner.deployer import Deployer
from pipes_projects.deploy.shipping.showing import with_shown
from pipes_projects.deploy.storage.opening import open_storage
from pipes_projects.deploy.storage.storage import Storage
from pipes_projects.layout import Layout
from pipes_projects.project import Project
from pipes_projects.version import VERSION

OF_CHECKOUT: Final = ("branch", "slug", "head", "commit", "is_dirty", "request", "base")
LOG: Final = getLogger("pipes_projects.deploy")


@dataclass(frozen=True)
class Reports:
    """Whom to tell what is going on."""

    log: Logger = LOG
    """What the owner's functions log."""
    progress: Callable[[int, int], None] = nobody_asks
    """How much is done, and of how much."""
    waiting: Callable[[LockRecord | None], None] = nobody_asks
    """Whom we are waiting for."""


@dataclass(frozen=True)
class Site:
    """Where a branch is deployed, or will be."""

    layout: Layout
    project: Project
    deployer: Deployer
    checkout: Checkout
    storage: Storage
    reports: Reports = Reports()

    @property
    def is_production(self) -> bool:
        """Whether the branch is the production branch."""
        return self.checkout.branch == self.layout.production

    @property
    def ledgers(self) -> Numbered:
        """The documents of the branch's deployment."""
        return ledgers(self.storage, self.checkout.slug)

    def locked(self, doing: str) -> AbstractContextManager[Held]:
        """Hold the branch's deployment, to change it; raises `DeployError`."""
        checkout, told = self.checkout, self.reports.waiting
        return lock(self.storage, checkout.slug, doing, told=told, branch=checkout.branch)

    def current(self) -> Ledger | None:
        """The current version; raises `DeployError` if it cannot be read."""
        return current(self.storage, self.checkout.slug, self.checkout.branch)

    @property
    def base(self) -> str | None:
        """The branch that this one was made from, as far as is known."""
        base = self.checkout.base or self.layout.production
        return base if base != self.checkout.branch else None

    @cached_property
    def base_ledger(self) -> Ledger | None:
        """What the base has shipped; None if that is unknown, which only costs time."""
        if self.base is None:
            return None
        with suppress(DeployError):
            found = current(self.storage, slug_of(self.base), self.base)
            return found if found and found.state == "up" else None
        return None

    def next_ledger(self, number: int, **values: Any) -> Ledger:
        """A version made now, by us."""
        of_checkout = self.checkout._asdict()
        return Ledger(
            number=number,
            deployment=self.deployer.name,
            by=f"{user_name()}@{socket.gethostname()}",
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            tool=VERSION,
            **{
                "is_production": self.is_production,
                **{name: of_checkout[name] for name in OF_CHECKOUT},
                **values,
            },
        )

    def context(self, number: int, **values: Any) -> DeployContext:
        """What an owner's function is told."""
        of_checkout = self.checkout._asdict()
        return DeployContext(
            deployment=self.deployer.name,
            number=number,
            project=self.project,
            root=self.layout.root,
            storage=self.storage,
            log=self.reports.log,
            progress=self.reports.progress,
            is_production=self.is_production,
            **{name: of_checkout[name] for name in OF_CHECKOUT},
            **values,
        )

    def add(self, number: int, **values: Any) -> Ledger:
        """Put the next version, with exactly this number; raises `DeployError` if somebody else has
        put one meanwhile."""
        path = self.ledgers.path(number)
        ledger = with_shown(self.storage, self.next_ledger(number, **values), path)
        if not self.ledgers.put(number, ledger.model_dump_json(indent=2).encode() + b"\n"):
            message = f"somebody else has deployed `{ledger.branch}` meanwhile, as version {number}"
            raise DeployError(message, "deploy again: what they have shipped is whole")
        return ledger


def site_of(
    layout: Layout,
    project: Project,
    deployer: Deployer,
    checkout: Checkout,
    reports: Reports | None = None,
) -> Site:
    """Opens the deployer's storage; raises `DeployError`."""
    storage = open_storage(deployer.at, layout.root, deployer.options)
    return Site(layout, project, deployer, checkout, storage, reports or Reports())


def shipped_before(ledger: Ledger | None) -> dict[str, Shipped]:
    """What a ledger says is shipped: nothing, once it was taken down."""
    return ledger.ships if ledger and ledger.state == "up" else {}
