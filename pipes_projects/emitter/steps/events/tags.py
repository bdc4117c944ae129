"""The tags by which Dagster knows how an asset was made, as it gives them to outputs: the versions
of the code, the data and each input. Without the inputs, it would take the asset for stale."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator
from typing import NamedTuple

import dagster as dg
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    DEFAULT_DATA_VERSION,
    NULL_EVENT_POINTER,
    DataVersion,
    compute_logical_data_version,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.definitions.partitions.utils import MultiPartitionKey
from dagster._core.definitions.partitions.utils.multi import get_tags_from_multi_partition_key
from dagster._core.storage.tags import BACKFILL_ID_TAG


class _Input(NamedTuple):
    """What an asset was made from."""

    key: dg.AssetKey
    version: DataVersion
    event: str


def tags_of(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    partition: str | None,
    data_version: str | None,
) -> dict[str, str]:
    """The tags of a materialization; `data_version` is the one that the script reported."""
    run = context.run
    code = context.assets_def.code_versions_by_key[key] or run.run_id
    inputs = list(_inputs(context, key))
    version = data_version
    if version is None:
        versions = {made.key: made.version for made in inputs}
        version = compute_logical_data_version(code, versions).value
    return {
        CODE_VERSION_TAG: code,
        DATA_VERSION_TAG: version,
        **({} if data_version is None else {DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}),
        **{get_input_data_version_tag(made.key): made.version.value for made in inputs},
        **{get_input_event_pointer_tag(made.key): made.event for made in inputs},
        **_of_dimensions(partition),
        **{name: tag for name, tag in run.tags.items() if name == BACKFILL_ID_TAG},
    }


def _inputs(context: dg.AssetExecutionContext, key: dg.AssetKey) -> Iterator[_Input]:
    step = context.op_execution_context.get_step_execution_context()
    step.wipe_input_asset_version_info(key)  # what is made from it has a new input
    for above in sorted(step.job_def.asset_layer.get(key).parent_keys):
        known = step.maybe_fetch_and_get_input_asset_version_info(above)
        version = known and known.data_version
        event = str(known.storage_id) if known and known.storage_id else NULL_EVENT_POINTER
        yield _Input(above, version or DEFAULT_DATA_VERSION, event)


def _of_dimensions(partition: str | None) -> dict[str, str]:
    """Each dimension of a key that has several."""
    if isinstance(partition, MultiPartitionKey):
        return dict(get_tags_from_multi_partition_key(partition))
    return {}
