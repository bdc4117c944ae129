"""The picture: every asset, with all its values and their origins, and what surrounds them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from pipes_projects.analysis.explanation import Explained, Explaining
from pipes_projects.analysis.told import Anchored
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.lower.inheritance.layering import Layering
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Asset, Script

State = Literal["runs", "external", "quarantined"]
"""Whether Dagster runs what makes an asset, or something else does, or errors keep it from being
made."""
Elsewhere = Literal["python", "unreadable", "missing"]
"""What is known of an asset that no readable manifest declares: Python definitions make it; its
manifest cannot be read; or it is only depended on."""


@dataclass(frozen=True, eq=False)
class AssetPicture:
    """An asset, the script that makes it, and every value of both with its origin."""

    asset: Asset
    script: Script
    state: State
    errors: tuple[Diagnostic, ...]
    """What keeps it from being made; empty unless it is quarantined."""
    _layering: Layering = field(repr=False)
    _anchored: Anchored = field(repr=False)

    @property
    def key(self) -> str:
        """The asset's key, as in `deps`."""
        return self.asset.key

    @cached_property
    def values(self) -> tuple[Explained, ...]:
        """Every effective value, in the order in which people look for them: what the asset is, how
        it is run, and what else is known of it. Worked out when it is first asked for."""
        explaining = Explaining(self._layering, self.script, self.asset, anchored=self._anchored)
        return tuple(value for section in explaining.sections() for value in section)

    def is_made_of_the_same(self, other: AssetPicture) -> bool:
        """Whether both are known to say the same, as nothing they are made of was compiled anew."""
        mine, others = self._layering, other._layering
        return (
            self.script is other.script
            and mine.manifest is others.manifest
            and mine.inherited is others.inherited
        )


@dataclass(frozen=True)
class OtherAsset:
    """An asset that is known of, although no readable manifest declares it."""

    key: str
    group: str
    """Empty where none is known."""
    state: Elsewhere
    errors: tuple[Diagnostic, ...] = ()
    """What is wrong with its manifest; empty unless that cannot be read."""
    paths: tuple[str, ...] = ()
    """The manifest that cannot be read; several, if they have the same name."""


@dataclass(frozen=True)
class Picture:
    """A compiled project for readers; it needs neither Dagster nor a server."""

    compilation: Compilation
    assets: tuple[AssetPicture, ...]
    """Every asset that a manifest declares, by key; twice, if it is declared twice."""
    others: tuple[OtherAsset, ...]
    """By key: those that are depended on, and those whose manifests cannot be read."""

    @property
    def has_errors(self) -> bool:
        """Whether some manifests have errors, so that only their valid values are in the
        picture."""
        return self.compilation.has_errors

    def only(self, keys: Container[str]) -> Picture:
        """The assets with these keys, and what else they depend on."""
        assets = tuple(shown for shown in self.assets if shown.key in keys)
        upstream = {dep.key for shown in assets for dep in shown.asset.deps}
        others = (other for other in self.others if other.key in keys or other.key in upstream)
        return replace(self, assets=assets, others=tuple(others))

    def edges(self) -> Iterator[tuple[str, str]]:
        """Every dependency: the key upstream, and the key of the asset that depends on it."""
        for shown in self.assets:
            for key in dict.fromkeys(dep.key for dep in shown.asset.deps):
                yield key, shown.key
