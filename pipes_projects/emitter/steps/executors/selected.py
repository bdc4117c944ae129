"""What a run selects of a script.

Dagster knows, except in a worker of Dask, which loads the whole job: there, the run is asked.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Set as AbstractSet

import dagster as dg


def selected_assets(context: dg.AssetExecutionContext) -> AbstractSet[dg.AssetKey]:
    """The script's assets that the run selects."""
    known: AbstractSet[dg.AssetKey] = context.selected_asset_keys
    return known & (context.run.asset_selection or set()) if _is_unselected(context) else known


def selected_checks(context: dg.AssetExecutionContext) -> AbstractSet[dg.AssetCheckKey]:
    """The script's checks that the run selects: by default, all those of the selected assets."""
    known: AbstractSet[dg.AssetCheckKey] = context.selected_asset_check_keys
    if not _is_unselected(context):
        return known
    if context.run.asset_check_selection is not None:
        return known & context.run.asset_check_selection
    return {key for key in known if key.asset_key in (context.run.asset_selection or ())}


def _is_unselected(context: dg.AssetExecutionContext) -> bool:
    """Whether the job has all assets, the run selects some, and the script can make some."""
    is_selecting = context.run.asset_selection or context.run.asset_check_selection
    is_whole = context.job_def.asset_selection_data is None and context.assets_def.can_subset
    return bool(is_selecting and is_whole)
