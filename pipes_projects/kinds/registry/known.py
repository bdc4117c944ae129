"""All kinds that there are here: ours, and those of installed packages."""

from __future__ import annotations

from collections.abc import Mapping

from pipes_projects.kinds.registry.built_in import BUILT_IN
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.contract import Contract


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
    from pipes_projects.kinds.registry.packages import package_kinds

    return {**BUILT_IN, **package_kinds().kinds}


def registered_kind(name: str) -> RegisteredKind | None:
    """The kind with that name; None for one that only a platform owner knows."""
    return BUILT_IN.get(name) or registered_kinds().get(name)


def unusable_kinds() -> Mapping[str, str]:
    """Kinds of packages that cannot be used, each with the reason, which names the package."""
    from pipes_projects.kinds.registry.packages import package_kinds

    return package_kinds().unusable
