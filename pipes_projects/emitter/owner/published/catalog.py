"""What a platform owner publishes by name, as Dagster's own objects."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Optional

import dagster as dg

from pipes_projects.manifest.script import ProcessFields

if TYPE_CHECKING:
    from pipes_projects.emitter.steps.shipped import Shipped

PARTITION_MAPPINGS: Final[Mapping[str, dg.PartitionMapping]] = {
    "all": dg.AllPartitionMapping(),
    "last": dg.LastPartitionMapping(),
    "identity": dg.IdentityPartitionMapping(),
}
_PASSED: Final = dg.AutomationCondition.all_deps_blocking_checks_passed()
AUTOMATION_CONDITIONS: Final[Mapping[str, dg.AutomationCondition[Any]]] = {
    "eager": (dg.AutomationCondition.eager() & _PASSED).with_label("eager"),
    "on_missing": (dg.AutomationCondition.on_missing() & _PASSED).with_label("on_missing"),
}
"""Dagster's own, with one change: nothing is made from data whose blocking check failed."""


@dataclass(frozen=True)
class Catalog:
    """The objects behind the names in manifests."""

    partitions_defs: Mapping[str, dg.PartitionsDefinition] = field(default_factory=dict)
    partition_mappings: Mapping[str, dg.PartitionMapping] = field(
        default_factory=lambda: PARTITION_MAPPINGS
    )
    automation_conditions: Mapping[str, dg.AutomationCondition[Any]] = field(
        default_factory=lambda: AUTOMATION_CONDITIONS
    )
    script_defaults: ProcessFields = field(default_factory=ProcessFields)
    """The defaults for scripts whose manifests do not set these values."""
    connections: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """URLs, mappings, Pydantic models or dataclasses."""
    catalog_url: str | None = None
    """Where the project's catalog is published."""
    secret: Callable[[str], str | None] = os.environ.get
    """The value of a secret, by the owner's name for it."""
    shipped: Optional["Shipped"] = None
    """What the branch's deployment has shipped; None where scripts run as they lie here."""
