"""What the code version covers, recorded with everything that a script makes, for `why` to read;
and of which version of a deployment the script was."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import dagster as dg

from pipes_projects.analysis.code_version.parts import RECORDED_AS, recorded
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.steps.events.recording import Result

CODE: Final = RECORDED_AS
"""The metadata's key; the value is JSON, with a short hash by the name of each part."""


def with_code(
    results: Iterable[Result], script: PipesScript, context: dg.AssetExecutionContext
) -> Iterator[Result]:
    """The results, with what its code version covers added to each materialization."""
    versions: Mapping[dg.AssetKey, str | None] = context.assets_def.code_versions_by_key
    deployed = script.catalog.shipped.metadata if script.catalog.shipped else {}
    for result in results:
        key = None
        if isinstance(result, dg.MaterializeResult | dg.AssetMaterialization):
            key = result.asset_key
        parts = code_of(script, versions[key]) if key and key in versions else {}
        metadata = {CODE: dg.MetadataValue.json(parts)} if parts else {}
        yield _with(result, {**metadata, **deployed}) if metadata or deployed else result


def code_of(script: PipesScript, version: str | None) -> dict[str, str]:
    """What is recorded about an asset with this code version."""
    try:
        code = script.code
    except ScriptUnreadableError:
        return {}
    return recorded(code, None if version == code.version else version)


def code_in(metadata: Mapping[str, Any]) -> dict[str, str]:
    """What was recorded with a materialization, if anything."""
    value = getattr(metadata.get(CODE), "value", None)
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else {}


def _with(result: Result, metadata: Mapping[str, Any]) -> Result:
    if isinstance(result, dg.AssetMaterialization):
        return result.with_metadata({**result.metadata, **metadata})
    if isinstance(result, dg.MaterializeResult):
        return result._replace(metadata={**(result.metadata or {}), **metadata})
    return result
