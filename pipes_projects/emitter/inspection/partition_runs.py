"""The runs that an order needs, as in Dagster's backfills: one for each partition, unless a policy
says otherwise; and what has to be made before.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import dagster as dg

from pipes_projects.emitter.loading.assets import ScriptAssets
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.terminal.planning.partitions import neighbours

Part = tuple[str, ...]
"""The partitions of one run; none for assets without partitions."""


class NoPartitionsError(Exception):
    """An asset has none of the partitions that are to be made; says which."""


class Maker(NamedTuple):
    """A script, and those of its assets that are to be made."""

    script: PipesScript
    assets: ScriptAssets
    names: Mapping[dg.AssetKey, str]
    """What manifests call them."""

    @property
    def is_single_run(self) -> bool:
        """Whether one run makes all partitions of a range."""
        policy = self.assets.backfill_policy
        return policy is not None and policy.max_partitions_per_run is None

    def parts(self, keys: Sequence[str]) -> tuple[Part, ...]:
        """Neighbouring partitions, divided into runs as its policy says."""
        policy = self.assets.backfill_policy
        most = (policy.max_partitions_per_run if policy else 1) or len(keys) or 1
        return tuple(tuple(keys[at : at + most]) for at in range(0, len(keys), most))


class Batch(NamedTuple):
    """Assets that are made together, in a run for each part."""

    makers: tuple[Maker, ...]
    parts: tuple[Part, ...]

    @property
    def names(self) -> dict[dg.AssetKey, str]:
        """All assets, and what manifests call them."""
        return {key: name for maker in self.makers for key, name in maker.names.items()}

    @property
    def is_single_run(self) -> bool:
        """Whether even one partition is given as a range."""
        return any(maker.is_single_run for maker in self.makers)


class Asked(NamedTuple):
    """Which partitions are to be made: a range, or separate ones for each asset."""

    range: tuple[str, str] | None = None
    of_assets: Mapping[str, Sequence[str | None]] = {}


def batches(makers: Sequence[Maker], asked: Asked, instance: dg.DagsterInstance) -> list[Batch]:
    """What to run, in order: each batch after all that it is made from.

    Raises:
        NoPartitionsError: An asset with partitions has none of those that are to be made.
    """
    single = list(_single(makers))
    parts = [_parts(maker, asked, instance) for maker in single]
    kinds = _alike(
        [(maker.assets.partitions_def, part) for maker, part in zip(single, parts, strict=True)]
    )
    stages = _stages(single, kinds)
    found: dict[tuple[int, int], list[int]] = {}
    for number, place in enumerate(zip(stages, kinds, strict=True)):
        found.setdefault(place, []).append(number)
    return [
        Batch(tuple(single[number] for number in numbers), parts[numbers[0]])
        for _, numbers in sorted(found.items())
    ]


def refuse_missing(makers: Iterable[Maker], key: str | None, instance: dg.DagsterInstance) -> None:
    """Raises `NoPartitionsError` for assets that have partitions, and not this one."""
    with dg.partition_loading_context(dynamic_partitions_store=instance):
        for maker in makers:
            if (definition := maker.assets.partitions_def) is None:
                continue
            if key is None:
                _refuse_whole(maker, definition)
            else:
                _refuse_missing(maker, definition, key)


def _refuse_whole(maker: Maker, definition: dg.PartitionsDefinition) -> None:
    last = definition.get_last_partition_key()
    such = f", such as `--partition {last}`" if last is not None else ""
    raise NoPartitionsError(f"{_listed(maker)} has partitions; say which of them to make{such}")


def _refuse_missing(maker: Maker, definition: dg.PartitionsDefinition, key: str) -> None:
    if not definition.has_partition_key(key):
        raise NoPartitionsError(f"{_listed(maker)} has no partition `{key}`")


def _single(makers: Iterable[Maker]) -> Iterator[Maker]:
    """One maker for each asset that can be made without the others of its script."""
    for maker in makers:
        if maker.script.manifest.can_subset:
            yield from (maker._replace(names={key: name}) for key, name in maker.names.items())
        else:
            yield maker


def _parts(maker: Maker, asked: Asked, instance: dg.DagsterInstance) -> tuple[Part, ...]:
    definition = maker.assets.partitions_def
    if definition is None:
        return ((),)
    with dg.partition_loading_context(dynamic_partitions_store=instance):
        ranges = list(_ranges(maker, definition, asked))
    if not any(ranges):
        which = f"from `{asked.range[0]}` to `{asked.range[1]}`" if asked.range else "to make again"
        raise NoPartitionsError(f"{_listed(maker)} has no partitions {which}")
    return tuple(part for keys in ranges for part in maker.parts(keys))


def _ranges(
    maker: Maker, definition: dg.PartitionsDefinition, asked: Asked
) -> Iterator[Sequence[str]]:
    if asked.range:
        for key in asked.range:
            _refuse_missing(maker, definition, key)
        yield list(definition.get_partition_keys_in_range(dg.PartitionKeyRange(*asked.range)))
        return
    wanted = {
        partition for name in maker.names.values() for partition in asked.of_assets.get(name, ())
    }
    order = list(definition.get_partition_keys())
    yield from neighbours([key for key in order if key in wanted], order)


def _listed(maker: Maker) -> str:
    return ", ".join(f"`{name}`" for name in maker.names.values())


def _alike(values: Sequence[Any]) -> list[int]:
    """A number for each value: the same for equal ones."""
    known: list[Any] = []
    for value in values:
        if value not in known:
            known.append(value)
    return [known.index(value) for value in values]


def _stages(makers: Sequence[Maker], kinds: Sequence[int]) -> list[int]:
    """How many batches have to come before: of other kinds, or with other partitions."""
    place = {key: number for number, maker in enumerate(makers) for key in maker.names}
    above = [
        {
            (place[dep.asset_key], _is_plain(dep) and kinds[place[dep.asset_key]] == kinds[number])
            for _, dep in _deps(maker)
            if place.get(dep.asset_key, number) != number
        }
        for number, maker in enumerate(makers)
    ]
    stages = [0] * len(makers)
    for _ in makers:
        raised = [max([0, *(stages[number] + (not same) for number, same in ups)]) for ups in above]
        if raised == stages:
            break
        stages = raised
    return stages


def _deps(maker: Maker) -> Iterator[tuple[dg.AssetSpec, dg.AssetDep]]:
    for spec in maker.assets.specs:
        if spec.key in maker.names:
            yield from ((spec, dep) for dep in spec.deps)


def _is_plain(dep: dg.AssetDep) -> bool:
    """Whether each partition is made from the one with the same key."""
    return dep.partition_mapping in (None, dg.IdentityPartitionMapping())


def held_back(batch: Batch, failed: frozenset[dg.AssetKey]) -> frozenset[dg.AssetKey]:
    """The assets of a batch that cannot be made, because others before them were not.

    Those of the same batch are for Dagster to hold back, partition by partition; but an asset that
    is made from its own earlier partitions needs them.
    """
    own = batch.names.keys()
    held = (
        key
        for maker in batch.makers
        if any(_is_missing(dep, spec.key, own, failed) for spec, dep in _deps(maker))
        for key in maker.names
    )
    return _with_those_below(batch, frozenset(held))


def _is_missing(
    dep: dg.AssetDep, key: dg.AssetKey, own: Container[dg.AssetKey], failed: Container[dg.AssetKey]
) -> bool:
    return dep.asset_key in failed and (dep.asset_key == key or dep.asset_key not in own)


def _with_those_below(batch: Batch, held: frozenset[dg.AssetKey]) -> frozenset[dg.AssetKey]:
    below = frozenset(
        key
        for maker in batch.makers
        if any(dep.asset_key in held for _, dep in _deps(maker))
        for key in maker.names
    )
    return held if below <= held else _with_those_below(batch, held | below)
