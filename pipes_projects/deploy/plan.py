"""What an `up` would ship, replace and remove, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pipes_projects.analysis.code_version.changes import changes
from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.shipping.bundles import Bundle
from pipes_projects.deploy.site import Site, shipped_before
from pipes_projects.project import Project

What = Literal["new", "changed", "same", "removed"]


class Shipment(NamedTuple):
    """A script, and what becomes of it."""

    script: str
    what: What
    assets: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    """The files and code paths that differ from what was shipped last; for a new script, from what
    the base has shipped."""
    is_as_base: bool = False
    """Whether it is new here, and exactly as the base has shipped it."""


class DeployPlan(NamedTuple):
    """All scripts of a project, compared with what its branch has shipped last."""

    deployment: str
    branch: str
    slug: str
    number: int
    """The version that `up` would make."""
    replaces: int | None
    """The version that it would replace; None if nothing is deployed."""
    shipments: tuple[Shipment, ...]
    base: str | None = None
    """The branch whose deployment a first one is compared with."""

    def of(self, *what: What) -> tuple[Shipment, ...]:
        """The shipments of these kinds."""
        return tuple(shipment for shipment in self.shipments if shipment.what in what)

    @property
    def is_empty(self) -> bool:
        """Whether everything is as it was shipped."""
        return not self.of("new", "changed", "removed")

    def plain(self, only_changed: bool = False) -> dict[str, Any]:
        """For programs."""
        shown = self.of("new", "changed", "removed") if only_changed else self.shipments
        shipments = [{**shipment._asdict()} for shipment in shown]
        return {"version": 1, **self._asdict(), "shipments": shipments}


def plan(site: Site, bundles: Mapping[str, Bundle], before: Ledger | None) -> DeployPlan:
    """What has to be done so that the branch has exactly these bundles."""
    shipped = shipped_before(before)
    base = site.base_ledger if bundles and not shipped else None
    compared = shipped_before(base)
    shipments = tuple(_shipments(bundles, shipped, compared, _assets_of(site.project)))
    return ships_nothing(site, before)._replace(
        shipments=shipments, base=base.branch if base else None
    )


def ships_nothing(site: Site, before: Ledger | None) -> DeployPlan:
    """A plan that is only about the branch and its next version, as for going back."""
    return DeployPlan(
        site.deployer.name,
        site.checkout.branch,
        site.checkout.slug,
        before.number + 1 if before else 1,
        before.number if before and before.state == "up" else None,
        (),
    )


def _assets_of(project: Project) -> dict[str, tuple[str, ...]]:
    """The keys of the assets that each script makes, by its path."""
    found: dict[str, tuple[str, ...]] = {}
    for script in project.scripts:
        if script.path is not None:
            keys = (asset.key for asset in script.assets)
            found[script.path] = (*found.get(script.path, ()), *keys)
    return found


def _shipments(
    bundles: Mapping[str, Bundle],
    shipped: Mapping[str, Shipped],
    base: Mapping[str, Shipped],
    assets: Mapping[str, tuple[str, ...]],
) -> Iterator[Shipment]:
    for script, bundle in sorted(bundles.items()):
        before, made = shipped.get(script), assets.get(script, ())
        if before is None:
            yield _new(bundle, base.get(script), made)
        elif before.hash == bundle.hash:
            yield Shipment(script, "same", made)
        else:
            yield Shipment(script, "changed", made, _why(before, bundle))
    for script in sorted(shipped.keys() - bundles.keys()):
        yield Shipment(script, "removed")


def _new(bundle: Bundle, base: Shipped | None, made: tuple[str, ...]) -> Shipment:
    if base is None:
        return Shipment(bundle.script, "new", made)
    is_as_base = base.hash == bundle.hash
    why = () if is_as_base else _why(base, bundle)
    return Shipment(bundle.script, "new", made, why, is_as_base)


def _why(before: Shipped, bundle: Bundle) -> tuple[str, ...]:
    differing = changes(before.parts, bundle.parts)
    modes = set(before.executable) ^ set(bundle.executable)
    return tuple(sorted({*differing.changed, *differing.added, *differing.removed, *modes}))
