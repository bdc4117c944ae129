"""What a step's instance knows about the upstream assets that a manifest asks about."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster._core.definitions.data_version import DATA_VERSION_TAG

from pipes_projects.analysis.code_version.parts import RECORDED_AS
from pipes_projects.emitter.steps.events.metadata import from_dagster
from pipes_projects.emitter.steps.executors.selected import selected_assets, selected_checks
from pipes_projects.project import Asset


class Upstream:
    """Upstream assets by their keys in manifests; only `latest` queries the instance."""

    def __init__(self, context: dg.AssetExecutionContext, keys: Mapping[str, dg.AssetKey]) -> None:
        self.context = context
        self.keys = keys

    def latest(self) -> dict[str, dict[str, Any] | None]:
        """The latest materialization of each: of the one partition that maps to those of the run,
        if there is one, otherwise of any. None for assets that were never made, and if none of
        their partitions map to those of the run."""
        return {name: _told(self._latest(key)) for name, key in self.keys.items()}

    def _latest(self, key: dg.AssetKey) -> dg.AssetMaterialization | None:
        instance, partitions = self.context.instance, self._partitions(key)
        if partitions is None or len(partitions) > 1:
            latest = instance.get_latest_materialization_event(key)
            return latest.asset_materialization if latest else None
        if not partitions:
            return None
        asked = dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions)
        records = instance.fetch_materializations(asked, limit=1).records
        return records[0].asset_materialization if records else None

    def _partitions(self, key: dg.AssetKey) -> list[str] | None:
        """Those of an upstream asset that map to those of the run, without the ones that do not
        exist, such as the day before the first; None if one of the two has no partitions."""
        inputs = self.context.assets_def.keys_by_input_name
        name = next((name for name, above in inputs.items() if above == key), None)
        step = self.context.op_execution_context.get_step_execution_context()
        if name is None or not step.has_asset_partitions_for_input(name):
            return None
        known = step.asset_partitions_subset_for_input(name, require_valid_partitions=False)
        return list(known.get_partition_keys())


def upstream_of(
    assets: Iterable[Asset],
    key_of: Callable[[str], dg.AssetKey],
    context: dg.AssetExecutionContext,
) -> Iterator[tuple[str, dg.AssetKey]]:
    """The upstream assets that a script asks about, for those of its assets that a run selects."""
    selected = {*selected_assets(context)}
    selected |= {key.asset_key for key in selected_checks(context)}
    for asset in assets:
        if key_of(asset.key) in selected:
            for dep in (dep for dep in asset.deps if dep.with_metadata):
                yield dep.key, key_of(dep.key)


def _told(made: dg.AssetMaterialization | None) -> dict[str, Any] | None:
    if made is None:
        return None
    return {
        "metadata": {
            name: {"raw_value": value.value, "type": value.type}
            for name, value in from_dagster(made.metadata).items()
            if name != RECORDED_AS
        },
        "data_version": (made.tags or {}).get(DATA_VERSION_TAG),
        "partition": made.partition,
    }
