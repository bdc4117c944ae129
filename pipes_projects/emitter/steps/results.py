"""What counts as materialised: what a script reported, against what it had to make."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from pipes_projects.emitter.steps.expected import Declared, IgnoredReportError, UnknownReportError

Result = dg.MaterializeResult[Any] | dg.AssetCheckResult | dg.AssetMaterialization
UNREPORTED = "the script did not report this check"


Report = dg.MaterializeResult[Any] | dg.AssetCheckResult


_MAY_RETURN = "it may return nothing, results, or an iterator of results"


class Settlement:
    """Compares what a script reported with what its manifest declares and the run selected."""

    def __init__(
        self,
        declared: Declared,
        context: dg.AssetExecutionContext,
    ) -> None:
        self.declared = declared
        selected = self.declared.selected
        self.upstream = {
            spec.key: {dep.asset_key for dep in spec.deps} & selected - {spec.key}
            for spec in context.assets_def.specs
            if spec.key in selected
        }
        self.made: set[dg.AssetKey] = set()
        self.out: set[dg.AssetKey] = set()
        self.held: dict[dg.AssetKey, dg.MaterializeResult[Any]] = {}
        self.checked: dict[dg.AssetCheckKey, dg.AssetCheckResult] = {}
        self.strays: list[str] = []

    def settle(self, outcome: Any) -> Iterator[Result]:
        """Every result that counts; then, if the report does not add up, a failure."""
        for report in reports(outcome):
            yield from self._accepted(report)
        if not self.made and not self.strays:
            metadata = getattr(outcome, "metadata", None)
            for key in TopologicalSorter(self.upstream).static_order():
                self.made.add(key)
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
        yield from self._held_back()
        yield from self._checks()
        if self.strays or self.declared.selected - self.made:
            raise dg.Failure("; ".join([*self.strays, *self._missing()]))

    def _accepted(self, report: Report) -> Iterator[Result]:
        try:
            if isinstance(report, dg.AssetCheckResult):
                self._check(report)
            else:
                yield from self._asset(report)
        except UnknownReportError as stray:
            self.strays.append(str(stray))
        except IgnoredReportError:
            pass

    def _asset(self, report: dg.MaterializeResult[Any]) -> Iterator[Result]:
        key = self.declared.asset(report.asset_key)
        if key not in self.made:  # a client may add what was reported by name
            self.made.add(key)
            self.held[key] = report._replace(asset_key=key)
            yield from self._ready()

    def _check(self, report: dg.AssetCheckResult) -> None:
        key = self.declared.check(report)
        if key in self.checked:
            asset = key.asset_key.to_user_string()
            raise UnknownReportError(f"the script reported check `{key.name}` of `{asset}` twice")
        self.checked[key] = report._replace(asset_key=key.asset_key, check_name=key.name)

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

    def _checks(self) -> Iterator[Result]:
        """Every selected check, after the assets: one that was not reported has failed."""
        for key in sorted(self.declared.selected_checks):
            yield self.checked.get(key) or dg.AssetCheckResult(
                passed=False,
                asset_key=key.asset_key,
                check_name=key.name,
                severity=dg.AssetCheckSeverity.ERROR,
                description=UNREPORTED,
            )

    def _missing(self) -> Iterator[str]:
        missing = sorted(key.to_user_string() for key in self.declared.selected - self.made)
        if missing and self.made:
            names = ", ".join(f"`{name}`" for name in missing)
            yield f"the script reported some of its assets, but not {names}"


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
