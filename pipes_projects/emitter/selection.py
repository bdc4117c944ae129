"""What a step was asked for: its partitions and its checks."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from typing import Any

import dagster as dg


class Selection:
    """What of a script's assets a run asks for, as values that Pipes can carry."""

    def __init__(
        self, context: dg.AssetExecutionContext, partitions: dg.PartitionsDefinition | None
    ) -> None:
        self._context = context
        self._definition = partitions

    @property
    def has_checks(self) -> bool:
        """Whether the script declares any."""
        return any(True for _ in self._context.assets_def.check_specs)

    def checks(self) -> dict[str, list[str]]:
        """The names of the selected checks, by the key of their asset."""
        found: dict[str, list[str]] = {}
        for key in sorted(self._context.selected_asset_check_keys):
            found.setdefault(key.asset_key.to_escaped_user_string(), []).append(key.name)
        return found

    def partition_keys(self) -> list[str] | None:
        """The partitions of the run, one or many; None for a script without partitions."""
        if self._definition is None or not self._is_partitioned():
            return None
        return list(self._context.partition_keys)

    def partitions(self) -> dict[str, Any]:
        """The range and the time window of the partitions, in the words of Pipes.

        A script without partitions may be in a run that has some: they are not its own.
        """
        keys = self.partition_keys()
        if self._definition is None:
            return dict.fromkeys(_OF_PARTITIONS)
        if not keys or self._context.has_partition_key:  # of one key, Dagster tells all
            return {}
        first, last = keys[0], keys[-1]
        window = _window(self._definition, first, last)
        told: dict[str, Any] = {"partition_key_range": {"start": first, "end": last}}
        return {**told, **({"partition_time_window": window} if window else {})}

    def _is_partitioned(self) -> bool:
        return bool(self._context.has_partition_key or self._context.has_partition_key_range)


_OF_PARTITIONS = ("partition_key", "partition_key_range", "partition_time_window")


def _window(
    definition: dg.PartitionsDefinition | None, first: str, last: str
) -> dict[str, str] | None:
    if not isinstance(definition, dg.TimeWindowPartitionsDefinition):
        return None
    start = definition.time_window_for_partition_key(first).start
    end = definition.time_window_for_partition_key(last).end
    return {"start": start.isoformat(), "end": end.isoformat()}
