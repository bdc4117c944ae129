"""What counts as materialised: what a script reported, against what it had to make."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from pipes_projects.emitter.keys import nearest_key

Result = dg.MaterializeResult[Any] | dg.AssetCheckResult | dg.AssetMaterialization


class Settlement:
    """Compares what a script reported with what its manifest declares and the run selected."""

    def __init__(
        self, declared: Mapping[str, dg.AssetKey], context: dg.AssetExecutionContext
    ) -> None:
        self.selected: set[dg.AssetKey] = set(context.selected_asset_keys)
        self.upstream = {
            spec.key: {dep.asset_key for dep in spec.deps} & self.selected - {spec.key}
            for spec in context.assets_def.specs
            if spec.key in self.selected
        }
        self.names = dict(_names(declared))
        self.made: set[dg.AssetKey] = set()
        self.out: set[dg.AssetKey] = set()
        self.held: dict[dg.AssetKey, dg.MaterializeResult[Any]] = {}
        self.strays: list[str] = []

    def settle(self, outcome: Any) -> Iterator[Result]:
        """Every result that counts; then, if the report does not add up, a failure."""
        for result in reported(outcome):
            yield from self._accepted(result)
        if not self.made and not self.strays:
            metadata = getattr(outcome, "metadata", None)
            for key in TopologicalSorter(self.upstream).static_order():
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
            return
        yield from self._held_back()
        if self.strays or self.selected - self.made:
            raise dg.Failure("; ".join([*self.strays, *self._missing()]))

    def _accepted(self, result: Any) -> Iterator[Result]:
        if isinstance(result, dg.AssetCheckResult):
            name = result.check_name or "a check"
            self.strays.append(f"the script reported check `{name}`, which no manifest declares")
            return
        if not isinstance(result, dg.MaterializeResult):
            kind = type(result).__name__
            raise dg.Failure(f"`invoke()` gave a `{kind}`: it may give `MaterializeResult`s")
        key = self._key(result.asset_key)
        if key is not None and key not in self.made:  # a client may add what was reported by name
            self.made.add(key)
            self.held[key] = result._replace(asset_key=key)
            yield from self._ready()

    def _ready(self) -> Iterator[Result]:
        """Dagster takes an asset only after those of the same step that it is made from."""
        while ready := [key for key in self.held if self.upstream[key] <= self.out]:
            for key in ready:
                self.out.add(key)
                yield self.held.pop(key)

    def _held_back(self) -> Iterator[Result]:
        """What waits for an asset that was never reported is recorded all the same."""
        for key, result in self.held.items():
            yield dg.AssetMaterialization(asset_key=key, metadata=result.metadata)

    def _key(self, reported: dg.AssetKey | None) -> dg.AssetKey | None:
        if reported is None and len(self.selected) == 1:
            return next(iter(self.selected))
        key: dg.AssetKey | None = self.names.get(reported) if reported else None
        if key is not None and key in self.selected:
            return key
        name = reported.to_user_string() if reported else "an asset without its key"
        if key is None:
            known = nearest_key(reported or dg.AssetKey(""), self.names)
            why = f"the script reported `{name}`, which its manifest does not declare: {known}"
        else:
            why = f"the script reported `{name}`, which was not selected in this run"
        self.strays.append(why)
        return None

    def _missing(self) -> Iterator[str]:
        missing = sorted(key.to_user_string() for key in self.selected - self.made)
        if missing and self.made:
            names = ", ".join(f"`{name}`" for name in missing)
            yield f"the script reported some of its assets, but not {names}"


def _names(declared: Mapping[str, dg.AssetKey]) -> Iterator[tuple[dg.AssetKey, dg.AssetKey]]:
    """What an asset may be called: by its manifest's key or by Dagster's, in parts or as text."""
    for name, key in declared.items():
        yield dg.AssetKey([name]), key
        yield dg.AssetKey([key.to_user_string()]), key
        yield dg.AssetKey(name.split("/")), key
    yield from ((key, key) for key in declared.values())


def reported(outcome: Any) -> Iterable[Any]:
    """What `invoke()` returned, as results one by one."""
    if outcome is None:
        return ()
    if isinstance(outcome, dg.PipesClientCompletedInvocation):
        return outcome.get_results(implicit_materializations=False)
    if isinstance(outcome, dg.MaterializeResult | dg.AssetCheckResult):
        return (outcome,)
    if isinstance(outcome, Iterable) and not isinstance(outcome, str | bytes | dict):
        return outcome
    raise dg.Failure(f"`invoke()` returned a `{type(outcome).__name__}`: {_MAY_RETURN}")


_MAY_RETURN = "it may return nothing, results, or an iterator of results"
