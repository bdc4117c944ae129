"""`pipes-projects run --dagster`: a project's assets made by Dagster, in this process."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import dagster as dg

from pipes_projects.emitter.inspection.definitions_file import imported
from pipes_projects.emitter.inspection.recorded import recorded
from pipes_projects.emitter.loading.assets import ScriptAssets, Step
from pipes_projects.emitter.owner.hooks import OwnerExitError, asked
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.layout import Layout
from pipes_projects.terminal.results.history import now
from pipes_projects.terminal.results.records import Record

_RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
_LOGGERS = {"console": {"config": {"log_level": "INFO"}}}


class CannotMaterializeError(Exception):
    """Dagster cannot run what was asked for; says why."""


class Order(NamedTuple):
    """What Dagster should run."""

    keys: frozenset[str]
    """By their keys in manifests."""
    partition: str | None = None
    range: tuple[str, str] | None = None
    params: Mapping[str, Mapping[str, Any]] = {}
    """For each script that has some, by its name."""


def materialized(layout: Layout, order: Order) -> list[Record]:
    """Make the assets, on the instance at `DAGSTER_HOME` or on a temporary one.

    Raises:
        CannotMaterializeError: The definitions contain none of them, or Dagster refuses the order.
        PublishingError: The definitions cannot be imported.
    """
    with _definitions(layout, order) as defs, _instance() as instance:
        scripts = [script for script in _scripts(defs) if _asked(script, order)]
        try:
            result = asked(lambda: _run(_job(defs, scripts, order), scripts, order, instance))
        except (dg.DagsterError, OwnerExitError) as error:
            raise CannotMaterializeError(f"Dagster cannot run this: {error}") from None
        return list(recorded(result, _names(scripts, order), now()))


def _run(
    job: dg.JobDefinition, scripts: Sequence[PipesScript], order: Order, instance: Any
) -> dg.ExecuteInProcessResult:
    return job.execute_in_process(
        {"ops": dict(_config(scripts, order)), "loggers": _LOGGERS},
        instance=instance,
        raise_on_error=False,
        partition_key=order.partition,
        tags=dict(zip(_RANGE, order.range, strict=True)) if order.range else None,
    )


def _asked(script: PipesScript, order: Order) -> bool:
    return any(asset.key in order.keys for asset in script.model.assets)


def _names(scripts: Iterable[PipesScript], order: Order) -> dict[dg.AssetKey, str]:
    """The assets to make, and what their manifests call them."""
    names: dict[dg.AssetKey, str] = {}
    for script in scripts:
        for name, key in script.manifest_keys().items():
            if name in order.keys or not script.manifest.can_subset:
                names[key] = name
    return names


def _job(defs: dg.Definitions, scripts: Sequence[PipesScript], order: Order) -> dg.JobDefinition:
    selection = dg.AssetSelection.assets(*_names(scripts, order))
    job = dg.define_asset_job("pipes_projects_run", selection)
    return dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def(job.name)


def _config(scripts: Iterable[PipesScript], order: Order) -> Iterator[tuple[str, Any]]:
    for script in scripts:
        if given := order.params.get(script.name):
            yield script.manifest.op_name, {"config": dict(given)}


def _scripts(defs: dg.Definitions) -> Iterator[PipesScript]:
    for assets in defs.assets or ():
        if isinstance(assets, ScriptAssets) and isinstance(step := assets.op.compute_fn, Step):
            yield step.script


@contextmanager
def _definitions(layout: Layout, order: Order) -> Iterator[dg.Definitions]:
    """The definitions in `definitions.py` that have the assets; output goes to standard error."""
    path = layout.root / layout.definitions
    if not path.is_file():
        raise CannotMaterializeError(f"there is no {path} for Dagster to load")
    with imported(path) as module:
        defs = [thing for thing in vars(module).values() if isinstance(thing, dg.Definitions)]
        if not defs:
            raise CannotMaterializeError(f"{path} defines no `Definitions`")
        fitting = [
            definitions
            for definitions in defs
            if any(_asked(script, order) for script in _scripts(definitions))
        ]
        if not fitting:
            raise CannotMaterializeError(f"{path} defines none of the assets that are selected")
        yield fitting[0]


@contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    import os

    if os.environ.get("DAGSTER_HOME"):
        yield dg.DagsterInstance.get()
        return
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
