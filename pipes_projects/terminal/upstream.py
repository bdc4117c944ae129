"""What the history knows about the upstream assets that a manifest asks about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipes_projects.project import Dependency
from pipes_projects.terminal.results.history import history
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.steps import Step


def upstream(step: Step, root: Path) -> dict[str, Any]:
    """The latest materialization of each: of the partition with the step's own key, if there is
    one, otherwise of any. None for assets never made. The history is read only if asked for."""
    asked = {dep.key: dep for asset in step.assets for dep in asset.deps if dep.with_metadata}
    if not asked:
        return {}
    made = [record for record in _records(root) if record.made]
    return {key: _told(_latest(made, dep, step)) for key, dep in asked.items()}


def _records(root: Path) -> tuple[Record, ...]:
    try:
        return history(root).records
    except OSError:  # writing the history reports it
        return ()


def _latest(made: list[Record], dep: Dependency, step: Step) -> Record | None:
    found = {record.partition: record for record in made if record.asset == dep.key}
    if step.slice and len(step.slice.keys) == 1 and dep.partition_mapping in (None, "identity"):
        (key,) = step.slice.keys
        if key in found or dep.partition_mapping:
            return found.get(key)
    return next((record for record in reversed(made) if record.asset == dep.key), None)


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
