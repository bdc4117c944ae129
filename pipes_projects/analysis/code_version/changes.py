"""What was recorded of an asset's last run, compared with the code of today → why it is stale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Verdict = Literal["changed", "unchanged", "never-ran", "unknown"]


class LastRun(NamedTuple):
    """What is known of the last run that made an asset."""

    time: str
    """In UTC."""
    run: str
    partition: str | None
    code: Mapping[str, str]
    """A short hash by the name of each part; empty where none was recorded."""


class CodeChanges(NamedTuple):
    """The names of the parts of a code version that differ."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Why(NamedTuple):
    """Why an asset is stale, or that it is not, judging by its own code and not by what is
    upstream."""

    key: str
    last: LastRun | None
    changes: CodeChanges = CodeChanges()

    @property
    def verdict(self) -> Verdict:
        """The result in a word."""
        if self.last is None:
            return "never-ran"
        if not self.last.code:
            return "unknown"
        return "changed" if any(self.changes) else "unchanged"

    def plain(self) -> dict[str, Any]:
        """The result as data for programs."""
        run = {name: value for name, value in (self.last or _NONE)._asdict().items() if value}
        run.pop("code", None)
        told = {"key": self.key, "verdict": self.verdict, "run": run or None}
        return {"version": 1, **told, **self.changes._asdict()}


_NONE = LastRun("", "", None, {})


def why(key: str, last: LastRun | None, now: Mapping[str, str]) -> Why:
    """Compare the code of the last run with that of today."""
    return Why(key, last, changes(last.code, now) if last and last.code else CodeChanges())


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> CodeChanges:
    """What differs between two records of parts, each with its short hash."""
    return CodeChanges(
        tuple(name for name in now if name in before and before[name] != now[name]),
        tuple(name for name in now if name not in before),
        tuple(name for name in before if name not in now),
    )
