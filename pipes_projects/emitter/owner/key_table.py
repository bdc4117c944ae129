"""Asset keys by the names that manifests use, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import dagster as dg

from pipes_projects.emitter.owner.hooks import shown

UpstreamKey = str | dg.AssetKey | dg.AssetDep


@dataclass
class KeyTable:
    """One table translates every key in dependencies and reports, whoever changed it."""

    keys: dict[str, dg.AssetKey] = field(default_factory=dict)

    def declare(self, manifest_key: str, key: dg.AssetKey) -> None:
        """What a manifest calls `manifest_key` is `key` in Dagster."""
        self.keys[manifest_key] = key

    def resolve(self, name: str) -> dg.AssetKey:
        """Dagster's key for a manifest's; a name that no manifest declares is already Dagster's."""
        return self.keys.get(name) or dg.AssetKey(name.split("/"))

    def deps(self, upstream: Sequence[UpstreamKey]) -> list[dg.AssetKey | dg.AssetDep]:
        """Dependencies as `AssetSpec` takes them."""
        if isinstance(upstream, str | bytes) or not isinstance(upstream, Iterable):
            raise TypeError(f"`deps` is a list of keys, not {shown(upstream)}")
        return [self.resolve(key) if isinstance(key, str) else key for key in upstream]
