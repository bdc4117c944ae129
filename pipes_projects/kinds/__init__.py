"""The kinds of script: one module for each kind, without Dagster.

Our own are in the table `BUILT_IN`; other packages add theirs by entry points (`packages`). What is
here is imported when it is asked for: the process of a script imports only its driver.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pipes_projects.kinds.launch import Launch, driven_by
    from pipes_projects.kinds.registry.built_in import BUILT_IN, DEFAULT
    from pipes_projects.kinds.registry.known import (
        built_in_contract,
        installed_contract,
        registered_kind,
        registered_kinds,
        unusable_kinds,
    )
    from pipes_projects.kinds.registry.registered import RegisteredKind
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

_HOMES: Final = {
    "kinds.registry.built_in": ("BUILT_IN", "DEFAULT"),
    "kinds.registry.known": (
        *("built_in_contract", "installed_contract", "registered_kind", "registered_kinds"),
        "unusable_kinds",
    ),
    "kinds.launch": ("Launch", "driven_by"),
    "kinds.registry.registered": ("RegisteredKind",),
    "manifest.model": ("ConnectionName", "Model", "RelativeFolder", "RelativePath", "Text", "Word"),
    "manifest.model.shapes": ("ModelShape",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A public name, imported from its home."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"pipes_projects.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
