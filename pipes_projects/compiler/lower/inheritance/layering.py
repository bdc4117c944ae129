"""What a manifest says, as the layers that are merged: both lowering and `explain` read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipes_projects.compiler.lower.inheritance.defaults import Inherited, layer_of
from pipes_projects.compiler.lower.inheritance.layers import Layer
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.kinds import DEFAULT
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import FIELDS, SingleAssetManifest


def layering_of(manifest: Manifest, inherited: Inherited) -> Layering:
    """The layers of a manifest, once its kind is known."""
    kinds = inherited.contract.kinds
    kind = (
        None if is_kind_refused(manifest, inherited) else kinds.get(kind_name(manifest, inherited))
    )
    return Layering(manifest, inherited, kind, (*inherited.taken(kind), layer_of(manifest)))


def kind_name(manifest: Manifest, inherited: Inherited) -> Any:
    """The name of the kind, from the nearest document that gives one."""
    chain = (manifest, *reversed(inherited.manifests))
    return next((document.data["kind"] for document in chain if "kind" in document.data), DEFAULT)


def is_kind_refused(manifest: Manifest, inherited: Inherited) -> bool:
    """Whether the nearest document that gives a kind has an error in it."""
    chain = (manifest, *reversed(inherited.manifests))
    saying = (
        document for document in chain if "kind" in document.data or "kind" in document.broken
    )
    nearest = next(saying, None)
    return nearest is not None and "kind" in nearest.broken


@dataclass(frozen=True, eq=False)
class Layering:
    """A manifest, the defaults above it, and what of these applies to its kind."""

    manifest: Manifest
    inherited: Inherited
    kind: Kind | None
    """The effective kind; None where it is not known."""
    taken: tuple[Layer, ...]
    """The layers that apply to its kind, the top of the manifest last."""

    @property
    def contract(self) -> Contract:
        """What the platform owner publishes."""
        return self.inherited.contract

    @property
    def chain(self) -> tuple[Manifest, ...]:
        """The defaults above the manifest, and then the manifest."""
        return (*self.inherited.manifests, self.manifest)

    @cached_property
    def shared(self) -> tuple[Layer, ...]:
        """What the top of the manifest, and what it inherits, say about all its assets."""
        names = FIELDS[AssetFields] | (self.kind.asset_fields.names if self.kind else frozenset())
        return tuple(layer.only(names - {"checks"}) for layer in self.taken)

    def of_asset(self, name: str) -> tuple[Layer, ...]:
        """What is said about one of the assets, from the farthest to the nearest layer."""
        if self.manifest.form is SingleAssetManifest:
            return self.taken
        body = self.manifest.data["assets"][name]
        return (*self.shared, Layer(self.manifest.document, body, ("assets", name)))

    def checks_above(self, asset: str) -> dict[str, Any]:
        """The checks at the top of the manifest that name this one of several assets."""
        top = self.manifest.data.get("checks") if "assets" in self.manifest.data else None
        return {name: check for name, check in (top or {}).items() if check.get("asset") == asset}

    def scheduled(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data without a lone inherited time zone, which is meant for manifests with a
        schedule."""
        is_alone = "cron_schedule" not in data.get("schedule", {"cron_schedule"})
        if is_alone and "schedule" not in self.manifest.data:
            return {name: value for name, value in data.items() if name != "schedule"}
        return data
