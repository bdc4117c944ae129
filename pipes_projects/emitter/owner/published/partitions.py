"""A partitions definition → what authors see of it, and its keys as known without Dagster."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import dagster as dg

from pipes_projects.manifest.contract import Partitions, PartitionWindows

TYPES: Final[dict[str, type[dg.PartitionsDefinition]]] = {
    "time_window": dg.TimeWindowPartitionsDefinition,
    "static": dg.StaticPartitionsDefinition,
    "dynamic": dg.DynamicPartitionsDefinition,
    "multi": dg.MultiPartitionsDefinition,
}
MOST_KEYS: Final = 10_000
"""More static keys than these are not written into the contract."""


def described(definition: dg.PartitionsDefinition) -> Partitions:
    """Its part of the contract; for the owner's own classes, only the type and the description."""
    kind = next(kind for kind, cls in TYPES.items() if isinstance(definition, cls))
    plain = Partitions(kind, _words(definition))
    if not type(definition).__module__.startswith("dagster."):
        return plain
    match definition:
        case dg.TimeWindowPartitionsDefinition():
            return plain._replace(windows=_windows(definition))
        case dg.StaticPartitionsDefinition():
            keys = tuple(definition.get_partition_keys())
            return plain._replace(keys=keys if len(keys) <= MOST_KEYS else None)
        case dg.MultiPartitionsDefinition():
            parts = {
                dimension.name: described(dimension.partitions_def)
                for dimension in definition.partitions_defs
            }
            return plain._replace(dimensions=parts)
    return plain


def _windows(definition: dg.TimeWindowPartitionsDefinition) -> PartitionWindows:
    return PartitionWindows(
        definition.cron_schedule,
        definition.fmt,
        definition.start.isoformat(),
        definition.timezone,
        definition.end.isoformat() if definition.end else None,
        definition.end_offset,
        tuple(_exclusion(exclusion, definition) for exclusion in definition.exclusions or ()),
    )


def _exclusion(exclusion: object, definition: dg.TimeWindowPartitionsDefinition) -> str:
    if isinstance(exclusion, str):
        return exclusion
    timestamp = getattr(exclusion, "timestamp")  # noqa: B009 - a class that Dagster does not publish
    return datetime.fromtimestamp(timestamp, definition.start.tzinfo).isoformat()


def _words(definition: dg.PartitionsDefinition) -> str:
    """What authors read, with only a few static keys: there may be many, and they change."""
    if not isinstance(definition, dg.StaticPartitionsDefinition):
        return str(definition)
    keys = definition.get_partition_keys()
    return f"Keys such as {', '.join(f'`{key}`' for key in keys[:3])}."
