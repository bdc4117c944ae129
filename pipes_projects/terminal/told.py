"""What a script is told through Pipes, under the same keys as in Dagster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipes_projects.analysis.code_version.parts import CodeReader, CoveredCode
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.manifest.contract import Partitions
from pipes_projects.manifest.values.deployment import LOCAL, TOLD_AS
from pipes_projects.terminal.steps import Step
from pipes_projects.terminal.upstream import upstream


def told(
    step: Step, root: Path, run_id: str, partitions: Mapping[str, Partitions]
) -> dict[str, Any]:
    """The Pipes context of a step; what was made before is not known here.

    `partitions` has what is published about the partitions of each asset.
    """
    keys = [asset.key for asset in step.assets]
    apart = () if step.script.can_subset else sorted(step.script.apart)
    return {
        "asset_keys": [*keys, *apart],
        "code_version_by_asset_key": code_versions(step, root),
        "provenance_by_asset_key": dict.fromkeys(keys),
        **_partitions(step),
        "run_id": run_id,
        "job_name": None,
        "retry_number": 0,
        "extras": _extras(step, upstream(step, root, partitions)),
    }


def code_versions(step: Step, root: Path) -> dict[str, str | None]:
    """For each asset, its manifest's code version, or else a hash of what makes the result."""
    version = code_of(step, CodeReader(root)).version
    return {asset.key: asset.fields.code_version or version for asset in step.assets}


def code_of(step: Step, reader: CodeReader) -> CoveredCode:
    """What the code version of a step's script covers."""
    try:
        return reader.code(step.script)
    except ScriptUnreadableError:
        return CoveredCode()  # the run reports that


def _partitions(step: Step) -> dict[str, Any]:
    if step.slice is None:
        return dict.fromkeys(("partition_key", "partition_key_range", "partition_time_window"))
    keys, window = step.slice
    return {
        "partition_key": keys[0] if len(keys) == 1 else None,
        "partition_key_range": {"start": keys[0], "end": keys[-1]},
        "partition_time_window": dict(zip(("start", "end"), window, strict=True))
        if window
        else None,
    }


def _extras(step: Step, known: Mapping[str, Any]) -> dict[str, Any]:
    has_checks = any(asset.checks for asset in step.script.assets)
    checks: dict[str, list[str]] = {}
    for asset, name in sorted(step.checks, key=lambda check: (check.asset.split("/"), check.name)):
        checks.setdefault(asset, []).append(name)
    return {
        TOLD_AS: dict(LOCAL),
        **({"selected_checks": checks} if has_checks else {}),
        **({"partition_keys": list(step.slice.keys)} if step.slice else {}),
        **({"upstream": known} if known else {}),
        **step.params,
        **(step.script.fields.extras or {}),
    }
