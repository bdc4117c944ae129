"""The reports of a script that count → Dagster's events, with partitions and versions."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from pipes_projects.emitter.steps.events.metadata import to_dagster
from pipes_projects.emitter.steps.events.tags import tags_of
from pipes_projects.running.results.settlement import CheckResult, Expected, Materialization, Report

Result = dg.MaterializeResult[Any] | dg.AssetCheckResult | dg.AssetMaterialization | dg.Output[Any]

RECORDED_ALREADY: Final = {SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
"""Dagster emits no event for an output marked with this, and still runs what is downstream."""


class Recorder:
    """Turns reports, whose keys are the manifest's, into Dagster's events."""

    def __init__(
        self,
        keys: Mapping[str, dg.AssetKey],
        expected: Expected,
        context: dg.AssetExecutionContext,
    ) -> None:
        self.keys = keys
        self.partitions = expected.partitions
        self.whole = {key: key for key in expected.partitions or ()}
        """Keys as Dagster knows them, some with dimensions, by their text."""
        self.context = context

    def record(self, report: Report) -> Iterator[Result]:
        """The events of a report."""
        if isinstance(report, CheckResult):
            yield self._check(report)
        elif report.is_held_back:
            yield from self._held_back(report)
        elif report.partition is not None:
            yield from self._partition(report, report.partition)
        else:
            yield self._asset(report)

    def _asset(self, made: Materialization) -> dg.MaterializeResult[Any]:
        version = dg.DataVersion(made.data_version) if made.data_version is not None else None
        metadata, key = to_dagster(made.metadata), self.keys[made.asset or ""]
        if isinstance(made.original, dg.MaterializeResult):
            return made.original._replace(asset_key=key, metadata=metadata, check_results=[])
        return dg.MaterializeResult(asset_key=key, metadata=metadata, data_version=version)

    def _check(self, checked: CheckResult) -> dg.AssetCheckResult:
        key = self.keys[checked.asset or ""]
        if isinstance(checked.original, dg.AssetCheckResult):
            return checked.original._replace(asset_key=key, check_name=checked.name)
        return dg.AssetCheckResult(
            passed=checked.passed,
            asset_key=key,
            check_name=checked.name,
            severity=dg.AssetCheckSeverity(checked.severity),
            metadata=to_dagster(checked.metadata),
            description=checked.description,
        )

    def _partition(self, made: Materialization, partition: str) -> Iterator[Result]:
        """Recorded now; the last one completes the output of the asset."""
        key = self.keys[made.asset or ""]
        yield self._materialization(made, self.whole[partition])
        if made.is_last:
            name = self.context.assets_def.get_output_name_for_asset_key(key)
            yield dg.Output(None, name, metadata=RECORDED_ALREADY)

    def _held_back(self, made: Materialization) -> Iterator[Result]:
        """Dagster takes no output before those upstream, so the event is yielded without one."""
        if made.partition is not None:
            yield self._materialization(made, self.whole[made.partition])
            return
        for partition in self.partitions if self.partitions is not None else (None,):
            yield self._materialization(made, partition)

    def _materialization(
        self, made: Materialization, partition: str | None
    ) -> dg.AssetMaterialization:
        key = self.keys[made.asset or ""]
        tags = tags_of(self.context, key, partition, made.data_version)
        return dg.AssetMaterialization(
            key, metadata=to_dagster(made.metadata), partition=partition, tags=tags
        )
