"""The results of a run, asset by asset: for tables, for programs, and for the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from pipes_projects.analysis.code_version.parts import CoveredCode, recorded
from pipes_projects.running.results.settlement import CheckResult, Materialization
from pipes_projects.terminal.steps import Outcome, Result, Step

ROWS: Final = "dagster/row_count"
"""The metadata key that Dagster uses for the number of rows."""


class Record(NamedTuple):
    """The result for an asset, or for one of its partitions."""

    time: str
    """When its script ended, in UTC."""
    run: str
    """The same for everything that was run together."""
    asset: str
    partition: str | None = None
    result: Outcome = "made"
    made: bool = True
    """Whether the script reported it, no matter how the script ended."""
    seconds: float | None = None
    """How many seconds its script ran."""
    code_version: str | None = None
    data_version: str | None = None
    metadata: Mapping[str, Any] = {}
    """What the script reported: `{"type": …, "value": …}` by name."""
    checks: Mapping[str, Any] = {}
    """`{"passed": …, "severity": …, "blocking": …, "metadata": …, "description": …}` by name."""
    code: Mapping[str, str] = {}
    """What its code version covers: a short hash by the name of each part."""
    why: str = ""
    """What went wrong, if anything; a partition that was reported by itself is made all the
    same."""

    @property
    def is_success(self) -> bool:
        """Whether it was made, and by a script that did all that it had to."""
        return self.result == "made" and not self.why

    @property
    def is_blocked(self) -> bool:
        """Whether a check has failed without which nothing downstream is made."""
        return any(
            check.get("blocking") and not check.get("passed") and check.get("severity") == "ERROR"
            for check in self.checks.values()
        )

    @property
    def is_kept(self) -> bool:
        """Whether it was reported, and recorded, by a script that was not a success."""
        return self.made and self.result != "made" and not self.is_blocked

    @property
    def rows(self) -> int | None:
        """The number of rows, if the script reported it."""
        value = self.metadata.get(ROWS)
        number = value.get("value") if isinstance(value, dict) else None
        return number if isinstance(number, int) else None


def records_of(
    step: Step, result: Result, code: CoveredCode, run: str, time: str
) -> Iterator[Record]:
    """A record for each asset of a step and each of its partitions."""
    for asset in step.assets:
        checks = {
            check.name or "": _check(check, step)
            for check in result.checks
            if check.asset == asset.key
        }
        for partition in step.slice.keys if step.slice else (None,):
            made = _made(result, asset.key, partition)
            yield Record(
                time,
                run,
                asset.key,
                partition,
                "made" if made and _stands(made, result, step) else result.outcome,
                made is not None,
                round(result.seconds, 3) if result.seconds is not None else None,
                asset.fields.code_version or code.version,
                made.data_version if made else None,
                _plain(made.metadata) if made else {},
                checks,
                recorded(code, asset.fields.code_version),
                result.why,
            )


def _made(result: Result, key: str, partition: str | None) -> Materialization | None:
    """The last report about it: about the partition, or about all of them together."""
    fitting = [
        record
        for record in result.made
        if record.asset == key and record.partition in (None, partition)
    ]
    return fitting[-1] if fitting else None


def _stands(made: Materialization, result: Result, step: Step) -> bool:
    """Whether it need not be made again; each partition counts separately."""
    if result.outcome == "made":
        return True
    return made.partition is not None and not any(
        step.is_blocked_by(check) for check in result.checks
    )


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"type": value.type, "value": value.value} for name, value in metadata.items()}


def _check(check: CheckResult, step: Step) -> dict[str, Any]:
    blocking = any(
        other.asset == check.asset and other.name == check.name for other in step.blocking
    )
    return {
        "passed": check.passed,
        "severity": check.severity,
        "blocking": blocking,
        "metadata": _plain(check.metadata),
        **({"description": check.description} if check.description else {}),
    }
