"""Pages: what is written in one becomes metadata of its assets."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator

import dagster as dg

from pipes_projects.emitter.kinds import Runnable


def run(script: Runnable, context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """One result an asset, with the page."""
    del context
    page = (script.root / str(script.model.path)).read_text("utf-8")
    for key in script.manifest_keys().values():
        yield dg.MaterializeResult(asset_key=key, metadata={"page": dg.MetadataValue.md(page)})
