"""The defaults above the manifests of a folder, worked out once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import BaseModel

from pipes_projects.compiler.lower.inheritance.layers import Layer
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.manifest.params import expanded as expanded_param
from pipes_projects.manifest.schedule import expanded


class Values(NamedTuple):
    """Validated values, and the names of those that merge entry by entry."""

    by_name: Mapping[str, Any]
    merging: frozenset[str]


def layer_of(manifest: Manifest) -> Layer:
    """What a document says, with a schedule and parameters written out as mappings, so that they
    merge."""
    data = manifest.data
    if isinstance(data.get("schedule"), str):
        data = {**data, "schedule": expanded(data["schedule"])}
    if "params" in data and isinstance(data["params"], dict):
        params = {name: expanded_param(value) for name, value in data["params"].items()}
        data = {**data, "params": params}
    return Layer(manifest.document, data)


@dataclass(frozen=True, eq=False)
class Inherited:
    """Defaults, from the farthest to the nearest."""

    contract: Contract
    manifests: tuple[Manifest, ...] = ()
    _by_kind: dict[str, tuple[tuple[Layer, ...], Values | None]] = field(default_factory=dict)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What they say, for scripts of any kind."""
        return tuple(map(layer_of, self.manifests))

    def taken(self, kind: Kind | None) -> tuple[Layer, ...]:
        """What they say for scripts of a kind."""
        return self._of(kind)[0] if kind else self.layers

    def values(self, kind: Kind | None) -> Values | None:
        """The same as validated values; None where something needs merging."""
        return self._of(kind)[1] if kind else None

    def _of(self, kind: Kind) -> tuple[tuple[Layer, ...], Values | None]:
        if kind.name not in self._by_kind:
            unfit = self.contract.not_for(kind)
            layers = tuple(layer.without(unfit) for layer in self.layers)
            self._by_kind[kind.name] = layers, self._values(kind)
        return self._by_kind[kind.name]

    def _values(self, kind: Kind) -> Values | None:
        values: dict[str, Any] = {}
        merging = set()
        for name, value in self._typed():
            if name is None or name in merging:
                return None
            merging |= {name} if isinstance(value, dict | BaseModel) else set()
            if name not in kind.forbidden:
                values[name] = value
        return Values(values, frozenset(merging))

    def _typed(self) -> Iterator[tuple[str | None, Any]]:
        """Every validated value with its name; None for both where some are missing or reset by
        null."""
        for manifest in self.manifests:
            if manifest.typed is None or manifest.document.has_nulls:
                yield None, None
            else:
                yield from (
                    (name, getattr(manifest.typed, name))
                    for name in manifest.typed.model_fields_set
                )


def put_together(typed: SingleAssetManifest, inherited: Values) -> SingleAssetManifest | None:
    """A manifest with what it inherits; None where mappings need merging."""
    own, values = typed.model_fields_set, inherited.by_name
    if not own.isdisjoint(inherited.merging):
        return None
    fresh = {name: values[name] for name in values if name not in own}
    return typed.model_copy(update=fresh) if fresh else typed
