"""What a script reported: results one by one, whatever `invoke()` returned."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

Report = dg.MaterializeResult[Any] | dg.AssetCheckResult
_MAY_RETURN = "it may return nothing, results, or an iterator of results"


def reports(outcome: Any) -> Iterator[Report]:
    """Materializations, and checks apart from them."""
    for result in _results(outcome):
        if isinstance(result, dg.MaterializeResult):
            yield result._replace(check_results=[])
            for check in result.check_results or ():
                yield _about(check, result.asset_key)
        elif isinstance(result, dg.AssetCheckResult):
            yield result
        else:
            kind = type(result).__name__
            may = "`MaterializeResult`s and `AssetCheckResult`s"
            raise dg.Failure(f"`invoke()` gave a `{kind}`: it may give {may}")


def _about(check: dg.AssetCheckResult, key: dg.AssetKey | None) -> dg.AssetCheckResult:
    return check if check.asset_key or key is None else check._replace(asset_key=key)


def _results(outcome: Any) -> Iterable[Any]:
    if outcome is None:
        return ()
    if isinstance(outcome, dg.PipesClientCompletedInvocation):
        return outcome.get_results(implicit_materializations=False)
    if isinstance(outcome, dg.MaterializeResult | dg.AssetCheckResult):
        return (outcome,)
    if isinstance(outcome, Iterable) and not isinstance(outcome, str | bytes | dict):
        return outcome
    raise dg.Failure(f"`invoke()` returned a `{type(outcome).__name__}`: {_MAY_RETURN}")
