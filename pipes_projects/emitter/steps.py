"""What a step does: run the script, and settle what counts as materialised."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import dagster as dg

from pipes_projects.emitter.keys import nearest_key
from pipes_projects.emitter.script import PipesScript

Result = dg.MaterializeResult[Any] | dg.AssetCheckResult


@cache
def resource_names(invoke: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The resources that an `invoke` needs, and those that it takes if there are any."""
    parameters = list(inspect.signature(invoke).parameters.values())[2:]  # self, context
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    optional = frozenset(p.name for p in named if p.default is not p.empty)
    return frozenset(p.name for p in named) - optional, optional


class Step:
    """What a script's op computes."""

    __slots__ = ("script",)
    __name__ = "run_script"
    __signature__ = inspect.Signature(  # once for all: Dagster asks every op's function for it
        [
            inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            inspect.Parameter("_inputs", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ]
    )

    def __init__(self, script: PipesScript) -> None:
        self.script = script

    def __call__(self, context: dg.AssetExecutionContext, _inputs: Any) -> Iterator[Result]:
        """Run the script, and settle what it made."""
        needed, optional = resource_names(type(self.script).invoke)
        given = context.resources._asdict() if needed or optional else {}
        resources = {name: given[name] for name in (*needed, *(optional & given.keys()))}
        outcome = self.script.invoke(context, **resources)
        yield from Settlement(self.script, context).settle(outcome)


class Settlement:
    """Compares what a script reported with what its manifest declares and the run selected."""

    def __init__(self, script: PipesScript, context: dg.AssetExecutionContext) -> None:
        self.selected: set[dg.AssetKey] = set(context.selected_asset_keys)
        self.names = {key: key for key in script.manifest_keys().values()}
        for name, key in script.manifest_keys().items():
            self.names.setdefault(dg.AssetKey(name.split("/")), key)
        self.made: set[dg.AssetKey] = set()
        self.strays: list[str] = []

    def settle(self, outcome: Any) -> Iterator[Result]:
        """Every result that counts; then, if the report does not add up, a failure."""
        for result in reported(outcome):
            accepted = self._accepted(result)
            if accepted is not None:
                yield accepted
        if not self.made and not self.strays:
            metadata = getattr(outcome, "metadata", None)
            for key in sorted(self.selected):
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
            return
        if self.strays or self.selected - self.made:
            raise dg.Failure("; ".join([*self.strays, *self._missing()]))

    def _accepted(self, result: Any) -> Result | None:
        if isinstance(result, dg.AssetCheckResult):
            name = result.check_name or "a check"
            self.strays.append(f"the script reported check `{name}`, which no manifest declares")
            return None
        if not isinstance(result, dg.MaterializeResult):
            kind = type(result).__name__
            raise dg.Failure(f"`invoke()` gave a `{kind}`: it may give `MaterializeResult`s")
        key = self._key(result.asset_key)
        if key is None:
            return None
        self.made.add(key)
        return result._replace(asset_key=key)

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
