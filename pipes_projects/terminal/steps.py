"""A run of one script: what is asked of it, and the result."""

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
    """In order; at least one."""
    window: tuple[str, str] | None = None
    """From the start of the first to the end of the last, if they are time partitions."""

    def __str__(self) -> str:
        first, last = self.keys[0], self.keys[-1]
        return first if len(self.keys) == 1 else f"{first}...{last}"


class Step(NamedTuple):
    """One run of a script."""

    script: Script
    assets: tuple[Asset, ...]
    """The assets that are asked for, in the order in which Dagster lists them."""
    slice: Slice | None = None
    """None for a script without partitions."""
    params: Mapping[str, Any] = {}
    """The values of all its parameters."""

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
        """The checks that must pass for anything downstream to be made."""
        found = ((asset, check) for asset in self.assets for check in asset.checks)
        return frozenset(
            CheckName(asset.key, check.name) for asset, check in found if check.blocking
        )

    def is_blocked_by(self, check: CheckResult) -> bool:
        """Whether nothing downstream is made; Dagster fails the step, except for a warning."""
        name = CheckName(check.asset or "", check.name or "")
        return not check.passed and check.severity == "ERROR" and name in self.blocking

    @property
    def expected(self) -> Expected:
        """What the script may report, and what it must."""
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
    """The result of a step."""

    outcome: Outcome
    seconds: float | None = None
    """None if the script was not started."""
    made: tuple[Materialization, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    why: str = ""
    """What went wrong, for people, unless it is `made`."""
