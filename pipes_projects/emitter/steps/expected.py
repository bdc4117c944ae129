"""What a script's step declares and a run selects, by every name it may be reported under."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping

import dagster as dg

from pipes_projects.emitter.steps.executors.selected import selected_assets, selected_checks
from pipes_projects.emitter.steps.pipes_context import Selection
from pipes_projects.running.results.settlement import CheckName, Expected


def expected(
    keys: Mapping[str, dg.AssetKey],
    apart: Mapping[str, dg.AssetKey],
    context: dg.AssetExecutionContext,
) -> Expected:
    """What the run expects from a script; `keys` are those of its assets, `apart` those of assets
    in quarantine, each by its key in the manifest."""
    names = {key: name for name, key in keys.items()}
    selected = {names[key] for key in selected_assets(context) if key in names}
    specs = context.assets_def.node_check_specs_by_output_name.values()
    return Expected(
        declared=tuple(keys),
        selected={
            name: frozenset(_upstream(spec, names)) & selected - {name}
            for spec in context.assets_def.specs
            if (name := names.get(spec.key)) in selected and name is not None
        },
        checks=_checks((spec.key for spec in specs), names),
        selected_checks=_checks(selected_checks(context), names),
        partitions=Selection(context).partition_keys(),
        apart=frozenset(apart),
        names={**dict(_spellings(apart)), **dict(_spellings(keys))},
    )


def _upstream(spec: dg.AssetSpec, names: Mapping[dg.AssetKey, str]) -> Iterator[str]:
    return (names[dep.asset_key] for dep in spec.deps if dep.asset_key in names)


def _checks(
    keys: Iterable[dg.AssetCheckKey], names: Mapping[dg.AssetKey, str]
) -> tuple[CheckName, ...]:
    return tuple(
        CheckName(names[key.asset_key], key.name) for key in keys if key.asset_key in names
    )


def _spellings(keys: Mapping[str, dg.AssetKey]) -> Iterator[tuple[str, str]]:
    """What an asset may be called: by its manifest's key or by Dagster's, as text or in parts."""
    for name, key in keys.items():
        yield dg.AssetKey([name]).to_escaped_user_string(), name
        yield dg.AssetKey(name.split("/")).to_escaped_user_string(), name
        yield dg.AssetKey([key.to_user_string()]).to_escaped_user_string(), name
    for name, key in keys.items():  # if two are spelled alike, Dagster's own key is meant
        yield key.to_user_string(), name
        yield key.to_escaped_user_string(), name
