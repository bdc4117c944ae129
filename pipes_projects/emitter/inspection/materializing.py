"""`pipes-projects run --dagster`: Dagster makes a project's assets in this process."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import dagster as dg

from pipes_projects.disk.boundary import absence
from pipes_projects.emitter.inspection.definitions_file import called, imported
from pipes_projects.emitter.inspection.partition_runs import (
    Asked,
    Batch,
    Maker,
    NoPartitionsError,
    Part,
    batches,
    held_back,
    refuse_missing,
)
from pipes_projects.emitter.inspection.recorded import NOT_MADE, recorded
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
    asked: Asked = Asked()
    """Which partitions, if not only one."""
    params: Mapping[str, Mapping[str, Any]] = {}
    """For each script that has some, by its name."""


def materialized(layout: Layout, order: Order) -> Iterator[list[Record]]:
    """Make the assets, on the instance at `DAGSTER_HOME` or on a temporary one.

    Yields the records of each run, one after the other.

    Raises:
        CannotMaterializeError: The definitions contain none of them, or Dagster refuses the order.
        PublishingError: The definitions cannot be imported.
    """
    with _definitions(layout, order) as defs, _instance() as instance:
        try:
            yield from _Runs(defs, order, instance).records()
        except (dg.DagsterError, OwnerExitError, NoPartitionsError) as error:
            raise CannotMaterializeError(f"Dagster cannot run this: {error}") from None


class _Runs:
    """The runs of an order, one after the other."""

    def __init__(self, defs: dg.Definitions, order: Order, instance: dg.DagsterInstance) -> None:
        self.defs, self.order, self.instance = defs, order, instance
        self.failed: frozenset[dg.AssetKey] = frozenset()
        self.last_run = ""
        self.jobs: dict[frozenset[dg.AssetKey], dg.JobDefinition] = {}

    def records(self) -> Iterator[list[Record]]:
        """The records of each run."""
        for batch in self._batches():
            for part in batch.parts:
                held = held_back(batch, self.failed)
                found = [*self._run(batch, part, held)]
                self.last_run = found[0].run if found else self.last_run
                found += _skipped(batch, part, held, self.last_run)
                bad = {record.asset for record in found if not record.is_success}
                self.failed |= {key for key, name in batch.names.items() if name in bad}
                yield found

    def _batches(self) -> list[Batch]:
        makers = list(_makers(self.defs, self.order))
        if self.order.asked == Asked():
            asked(lambda: refuse_missing(makers, self.order.partition, self.instance))
            return [Batch(tuple(makers), ((),))]
        return asked(lambda: batches(makers, self.order.asked, self.instance))

    def _run(self, batch: Batch, part: Part, held: frozenset[dg.AssetKey]) -> Iterable[Record]:
        names = {key: name for key, name in batch.names.items() if key not in held}
        if not names:
            return []
        result = asked(lambda: self._executed(batch, part, names))
        return recorded(result, names, self._partitions(batch, part), now())

    def _executed(
        self, batch: Batch, part: Part, names: Mapping[dg.AssetKey, str]
    ) -> dg.ExecuteInProcessResult:
        is_range = len(part) > 1 or (part and batch.is_single_run)
        config = {"ops": dict(_config(batch, names, self.order)), "loggers": _LOGGERS}
        return self._job(frozenset(names)).execute_in_process(
            config,
            instance=self.instance,
            raise_on_error=False,
            partition_key=part[0] if part and not is_range else self.order.partition,
            tags=dict(zip(_RANGE, (part[0], part[-1]), strict=True)) if is_range else None,
        )

    def _job(self, keys: frozenset[dg.AssetKey]) -> dg.JobDefinition:
        """The same job for each partition, because making one takes time."""
        if keys not in self.jobs:
            self.jobs[keys] = _job(self.defs, keys)
        return self.jobs[keys]

    def _partitions(self, batch: Batch, part: Part) -> dict[str, tuple[str | None, ...]]:
        """The partitions of the run that each asset has."""
        all_ = part or ((self.order.partition,) if self.order.partition is not None else ())
        return {
            name: all_ if all_ and maker.assets.partitions_def is not None else (None,)
            for maker in batch.makers
            for name in maker.names.values()
        }


def _skipped(batch: Batch, part: Part, held: Iterable[dg.AssetKey], run: str) -> Iterator[Record]:
    names, time = batch.names, now()
    for key in held:
        for partition in part or (None,):
            yield Record(time, run, names[key], partition, "skipped", False, why=NOT_MADE)


def _makers(defs: dg.Definitions, order: Order) -> Iterator[Maker]:
    for script, assets in _scripts(defs):
        if _asked(script, order):
            yield Maker(script, assets, _names(script, order))


def _asked(script: PipesScript, order: Order) -> bool:
    return any(asset.key in order.keys for asset in script.model.assets)


def _names(script: PipesScript, order: Order) -> dict[dg.AssetKey, str]:
    """The assets to make, and what their manifests call them."""
    return {
        key: name
        for name, key in script.manifest_keys().items()
        if name in order.keys or not script.manifest.can_subset
    }


def _job(defs: dg.Definitions, keys: Iterable[dg.AssetKey]) -> dg.JobDefinition:
    job = dg.define_asset_job("pipes_projects_run", dg.AssetSelection.assets(*keys))
    return dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def(job.name)


def _config(batch: Batch, keys: Container[dg.AssetKey], order: Order) -> Iterator[tuple[str, Any]]:
    for maker in batch.makers:
        given = order.params.get(maker.script.name)
        if given and any(key in keys for key in maker.names):
            yield maker.script.manifest.op_name, {"config": dict(given)}


def _scripts(defs: dg.Definitions) -> Iterator[tuple[PipesScript, ScriptAssets]]:
    for assets in defs.assets or ():
        if isinstance(assets, ScriptAssets) and isinstance(step := assets.op.compute_fn, Step):
            yield step.script, assets


@contextmanager
def _definitions(layout: Layout, order: Order) -> Iterator[dg.Definitions]:
    """The definitions in `definitions.py` that have the assets; output goes to standard error."""
    path = layout.root / layout.definitions
    if not path.is_file():
        needed = "for Dagster to load: it needs `defs = PipesProject.make_defs()`"
        raise CannotMaterializeError(absence(path, str(path), needed))
    with imported(path) as module:
        defs = [thing for thing in vars(module).values() if isinstance(thing, dg.Definitions)]
        defs = defs or list(called(module, path))
        if not defs:
            raise CannotMaterializeError(f"{path} defines no `Definitions`")
        fitting = [
            definitions
            for definitions in defs
            if any(_asked(script, order) for script, _ in _scripts(definitions))
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
