"""Shipping scripts to where they run, branch by branch: what was shipped where, and from which
commit. Knows no Dagster; storages other than a folder are imported when they are used.

The public names, for the owner's `deploy.py`; each is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipes_projects.deploy.errors import DeployError
    from pipes_projects.deploy.owner.context import DeployContext
    from pipes_projects.deploy.owner.deployer import Deployer, deployer
    from pipes_projects.deploy.shipping.ship_to import ship_to

__all__ = ["DeployContext", "DeployError", "Deployer", "deployer", "ship_to"]

_HOMES = {
    "DeployContext": "owner.context",
    "DeployError": "errors",
    "Deployer": "owner.deployer",
    "deployer": "owner.deployer",
    "ship_to": "shipping.ship_to",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
