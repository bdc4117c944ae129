"""A run of one script: what of it is asked for, and what came of that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pipes_projects.project import Asset, Script
from pipes_projects.running.results.settlement import (
    CheckName,
    CheckResult,
    Expected,
    Materialization,
)


class Slice(NamedTuple):
    """The partitions of one run of a script."""

    keys: tuple[str, ...]
    """In their order; at least one."""
    window: tuple[str, str] | None = None
    """From the start of the first to the end of the last, where they are of time."""

    def __str__(self) -> str:
        first, last = self.keys[0], self.keys[-1]
        return first if len(self.keys) == 1 else f"{first}...{last}"


class Step(NamedTuple):
    """One run of a script."""

    script: Script
    assets: tuple[Asset, ...]
    """Those that are asked for, in the order in which Dagster names them."""
    slice: Slice | None = None
    """None for a script without partitions."""
    params: Mapping[str, Any] = {}
    """The values of all of its parameters."""

    @property
    def name(self) -> str:
        """What people call it: an asset's key, or a script's path below `defs/`."""
        key = self.assets[0].key if len(self.script.assets) == 1 else self.script.name
        return f"{key} {self.slice}" if self.slice else key

    @property
    def checks(self) -> tuple[CheckName, ...]:
        """The checks of the assets that are asked for."""
        return _checks(self.assets)

    @property
    def blocking(self) -> frozenset[CheckName]:
        """The checks without which nothing downstream is made."""
        found = ((asset, check) for asset in self.assets for check in asset.checks)
        return frozenset(CheckName(asset.key, it.name) for asset, it in found if it.blocking)

    def is_blocked_by(self, check: CheckResult) -> bool:
        """Whether nothing downstream is made: Dagster fails the step, unless it only warns."""
        name = CheckName(check.asset or "", check.name or "")
        return not check.passed and check.severity == "ERROR" and name in self.blocking

    @property
    def expected(self) -> Expected:
        """What the script may report, and what it has to."""
        selected = {asset.key for asset in self.assets}
        return Expected(
            declared=tuple(asset.key for asset in self.script.assets),
            selected={
                asset.key: frozenset(dep.key for dep in asset.deps) & selected - {asset.key}
                for asset in self.assets
            },
            checks=_checks(self.script.assets),
            selected_checks=self.checks,
            partitions=self.slice.keys if self.slice else None,
            apart=self.script.apart,
            names=dict(self._names()),
        )

    def _names(self) -> list[tuple[str, str]]:
        keys = [*(asset.key for asset in self.script.assets), *self.script.apart]
        return [(spelt, key) for key in keys for spelt in (key.replace("/", "\\/"), key)]


def _checks(assets: tuple[Asset, ...]) -> tuple[CheckName, ...]:
    return tuple(CheckName(asset.key, check.name) for asset in assets for check in asset.checks)


Outcome = Literal["made", "failed", "skipped", "ended"]


class Result(NamedTuple):
    """What came of a step."""

    outcome: Outcome
    seconds: float | None = None
    """None where the script was not started."""
    made: tuple[Materialization, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    why: str = ""
    """Of all but `made`: what went wrong, for people."""
