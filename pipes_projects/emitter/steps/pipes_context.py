"""What a script is told through Pipes: the keys that its manifest uses, and what is selected.

Dagster does not tell a script about the partitions of a run over a range, nor which checks are
selected.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_pipes import PipesContextData, PipesParams

from pipes_projects.emitter.steps.executors.selected import selected_assets, selected_checks
from pipes_projects.emitter.steps.upstream import Upstream


class Selection:
    """Which of a script's assets a run asks for, as values that Pipes can carry."""

    def __init__(self, context: dg.AssetExecutionContext) -> None:
        self._context = context
        self._definition = _definition(context)

    @property
    def has_checks(self) -> bool:
        """Whether the script declares any, selected or not."""
        return bool(self._context.assets_def.node_check_specs_by_output_name)

    def checks(self) -> dict[str, list[str]]:
        """The names of the selected checks, by the key of their asset."""
        found: dict[str, list[str]] = {}
        for key in sorted(selected_checks(self._context)):
            found.setdefault(key.asset_key.to_escaped_user_string(), []).append(key.name)
        return found

    def partition_keys(self) -> list[str] | None:
        """The run's partitions, one or many; None for assets without partitions."""
        context = self._context
        if self._definition is None:
            return None
        if context.has_partition_key:
            return [context.partition_key]
        if not context.has_partition_key_range:
            return None
        with dg.partition_loading_context(dynamic_partitions_store=context.instance):
            return list(self._definition.get_partition_keys_in_range(context.partition_key_range))

    def missing(self) -> list[str]:
        """Those of its first and last partition that do not exist, as Dagster would find out only
        once the script has run."""
        context, definition = self._context, self._definition
        if definition is None or not (context.has_partition_key or context.has_partition_key_range):
            return []
        asked = context.partition_key_range
        with dg.partition_loading_context(dynamic_partitions_store=context.instance):
            try:
                definition.empty_subset().with_partition_key_range(definition, asked)
            except Exception:  # each definition has its own
                ends = dict.fromkeys((asked.start, asked.end))
                return [key for key in ends if not definition.has_partition_key(key)] or list(ends)
        return []

    def partitions(self) -> dict[str, Any]:
        """The key, the range and the time window of the partitions, under Pipes' names.

        A script without partitions may be in a run that has some, which are not its own.
        """
        keys = self.partition_keys()
        if not keys:
            return dict.fromkeys(("partition_key", "partition_key_range", "partition_time_window"))
        first, last = keys[0], keys[-1]
        return {
            "partition_key": first if len(keys) == 1 else None,
            "partition_key_range": {"start": first, "end": last},
            "partition_time_window": _window(self._definition, first, last),
        }


class Told:
    """What a run tells a script, using its manifest's keys, whatever the owner made of them."""

    def __init__(
        self,
        names: Mapping[str, dg.AssetKey],
        apart: Sequence[str],
        selection: Selection,
        values: Mapping[str, Any],
        upstream: Upstream,
    ) -> None:
        self.values = values
        self.upstream = upstream
        self.apart = apart
        self.selection = selection
        self.names = {
            key.to_escaped_user_string(): dg.AssetKey(name.split("/")).to_escaped_user_string()
            for name, key in names.items()
        }

    def of(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What Dagster would tell → what the script is told."""
        told: dict[str, Any] = {**data}
        told["asset_keys"] = [self.names.get(k, k) for k in data["asset_keys"] or ()]
        told["asset_keys"] += [
            dg.AssetKey(key.split("/")).to_escaped_user_string() for key in self.apart
        ]
        for part in ("code_version_by_asset_key", "provenance_by_asset_key"):
            told[part] = {self.names.get(k, k): v for k, v in (told[part] or {}).items()}
        told |= self.selection.partitions()
        told["extras"] = {**self._extras(), **self.values, **(data["extras"] or {})}
        return told

    def _extras(self) -> dict[str, Any]:
        checks = {self.names.get(k, k): v for k, v in self.selection.checks().items()}
        keys = self.selection.partition_keys()
        return {
            **({"selected_checks": checks} if self.selection.has_checks else {}),
            **({"partition_keys": keys} if keys is not None else {}),
            **({"upstream": self.upstream.latest()} if self.upstream.keys else {}),
        }


class ManifestInjector(dg.PipesContextInjector):
    """Tells the script of a Pipes client what our own runner would tell it."""

    def __init__(
        self, told: Callable[[Mapping[str, Any]], dict[str, Any]], inner: dg.PipesContextInjector
    ) -> None:
        self.told = told
        self.inner = inner

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        """Dagster's hook: what the script is told."""
        told = self.told(context_data)
        with self.inner.inject_context(told) as params:  # type: ignore[arg-type]  # same keys
            yield params

    def no_messages_debug_text(self) -> str:
        """Dagster's hook: what to add if a script sent no messages."""
        return "A script that does not use dagster_pipes sends none, which is fine."


def context_data(context: dg.AssetExecutionContext, extras: Mapping[str, Any]) -> dict[str, Any]:
    """What Dagster tells scripts about a run, using its own keys."""
    selected = {key.to_escaped_user_string(): key for key in sorted(selected_assets(context))}
    versions = context.assets_def.code_versions_by_key
    return {
        "asset_keys": list(selected),
        "code_version_by_asset_key": {name: versions[key] for name, key in selected.items()},
        "provenance_by_asset_key": {
            name: _provenance(context.get_asset_provenance(key)) for name, key in selected.items()
        },
        "run_id": context.run_id,
        "job_name": context.job_name,
        "retry_number": context.retry_number,
        "extras": dict(extras),
    }


def _provenance(known: dg.DataProvenance | None) -> dict[str, Any] | None:
    if known is None:
        return None
    versions = known.input_data_versions.items()
    return {
        "code_version": known.code_version,
        "input_data_versions": {
            key.to_escaped_user_string(): version.value for key, version in versions
        },
        "is_user_provided": known.is_user_provided,
    }


def _definition(context: dg.AssetExecutionContext) -> dg.PartitionsDefinition | None:
    """That of the selected assets or, if only checks are selected, of the assets they are about."""
    checked = {key.asset_key for key in selected_checks(context)}
    selected = selected_assets(context) or checked
    found = (spec.partitions_def for spec in context.assets_def.specs if spec.key in selected)
    return next((definition for definition in found if definition is not None), None)


def _window(
    definition: dg.PartitionsDefinition | None, first: str, last: str
) -> dict[str, str] | None:
    """From the start of the first to the end of the last, if there is one time dimension."""
    if not isinstance(definition, dg.TimeWindowPartitionsDefinition) and not (
        isinstance(definition, dg.MultiPartitionsDefinition) and _has_one_time(definition)
    ):
        return None
    start = definition.time_window_for_partition_key(first).start
    end = definition.time_window_for_partition_key(last).end
    return {"start": start.isoformat(), "end": end.isoformat()}


def _has_one_time(definition: dg.MultiPartitionsDefinition) -> bool:
    dimensions = (dimension.partitions_def for dimension in definition.partitions_defs)
    return (
        sum(isinstance(dimension, dg.TimeWindowPartitionsDefinition) for dimension in dimensions)
        == 1
    )
