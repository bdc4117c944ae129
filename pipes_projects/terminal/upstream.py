"""What the history knows about the upstream assets that a manifest asks about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipes_projects.manifest.contract import Partitions
from pipes_projects.partitions.upstream_keys import upstream_keys
from pipes_projects.project import Dependency
from pipes_projects.terminal.results.history import history
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.steps import Step


def upstream(
    step: Step, root: Path, partitions: Mapping[str, Partitions] | None = None
) -> dict[str, Any]:
    """The latest materialization of each: of the one partition that belongs to those of the step,
    if there is one, otherwise of any. None for assets never made, and if none of their partitions
    belong to those of the step. The history is read only if asked for.

    `partitions` has what is published about the partitions of each asset.
    """
    asked = {dep.key: dep for asset in step.assets for dep in asset.deps if dep.with_metadata}
    if not asked:
        return {}
    made = [record for record in _records(root) if record.made]
    known = partitions or {}
    return {key: _told(_latest(made, dep, step, known)) for key, dep in asked.items()}


def _records(root: Path) -> tuple[Record, ...]:
    try:
        return history(root).records
    except OSError:  # writing the history reports it
        return ()


def _latest(
    made: list[Record], dep: Dependency, step: Step, partitions: Mapping[str, Partitions]
) -> Record | None:
    found = {record.partition: record for record in made if record.asset == dep.key}
    keys = _keys(dep, step, partitions)
    if keys is not None and len(keys) < 2:
        return found.get(keys[0]) if keys else None
    if keys is None and step.slice and len(step.slice.keys) == 1:
        (key,) = step.slice.keys
        if dep.partition_mapping == "identity" or (not dep.partition_mapping and key in found):
            return found.get(key)
    return next((record for record in reversed(made) if record.asset == dep.key), None)


def _keys(dep: Dependency, step: Step, partitions: Mapping[str, Partitions]) -> list[str] | None:
    """The upstream partitions that belong to those of the step; None if that is not known."""
    own, above = partitions.get(step.assets[0].key), partitions.get(dep.key)
    if own is None or above is None or step.slice is None:
        return None
    now = datetime.now(UTC)
    return upstream_keys(own, step.slice.keys, above, dep.partition_mapping, now)


def _told(record: Record | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "metadata": {
            name: {"raw_value": value["value"], "type": value["type"]}
            for name, value in record.metadata.items()
        },
        "data_version": record.data_version,
        "partition": record.partition,
    }
