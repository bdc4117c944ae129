"""The kinds of script: one module for each kind, without Dagster.

Our own are in the table `BUILT_IN`; other packages add theirs by entry points (`packages`).
"""

from __future__ import annotations

from collections.abc import Mapping

from pipes_projects.kinds.built_in import BUILT_IN, DEFAULT
from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.registered import RegisteredKind
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.model import (
    ConnectionName,
    Model,
    RelativeFolder,
    RelativePath,
    Text,
    Word,
)
from pipes_projects.manifest.model.shapes import ModelShape

__all__ = [
    "BUILT_IN",
    "DEFAULT",
    "ConnectionName",
    "Launch",
    "Model",
    "ModelShape",
    "RegisteredKind",
    "RelativeFolder",
    "RelativePath",
    "Text",
    "Word",
    "built_in_contract",
    "driven_by",
    "installed_contract",
    "registered_kind",
    "registered_kinds",
    "unusable_kinds",
]


def built_in_contract() -> Contract:
    """The contract with only the built-in kinds."""
    return Contract({name: kind.with_parts({}) for name, kind in BUILT_IN.items()})


def installed_contract() -> Contract:
    """The contract of a project whose owner publishes nothing: the built-in kinds, and those of
    packages."""
    kinds = {name: kind.with_parts({}) for name, kind in registered_kinds().items()}
    return Contract(kinds, unusable_kinds=unusable_kinds())


def registered_kinds() -> Mapping[str, RegisteredKind]:
    """All kinds that come with packages, ours first."""
    from pipes_projects.kinds.packages import package_kinds

    return {**BUILT_IN, **package_kinds().kinds}


def registered_kind(name: str) -> RegisteredKind | None:
    """The kind with that name; None for one that only a platform owner knows."""
    return BUILT_IN.get(name) or registered_kinds().get(name)


def unusable_kinds() -> Mapping[str, str]:
    """Kinds of packages that cannot be used, each with the reason, which names the package."""
    from pipes_projects.kinds.packages import package_kinds

    return package_kinds().unusable
