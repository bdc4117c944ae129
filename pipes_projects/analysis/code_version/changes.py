"""What was recorded of the last run of an asset, beside what holds today → why it is stale."""

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
    """A short hash by the name of each part; nothing, where none was recorded."""


class CodeChanges(NamedTuple):
    """The parts of a code version that differ, by name."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Why(NamedTuple):
    """Why an asset is stale, or that it is not; what is upstream of it is another matter."""

    key: str
    last: LastRun | None
    changes: CodeChanges = CodeChanges()

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        if self.last is None:
            return "never-ran"
        if not self.last.code:
            return "unknown"
        return "changed" if any(self.changes) else "unchanged"

    def plain(self) -> dict[str, Any]:
        """For programs."""
        run = {name: value for name, value in (self.last or _NONE)._asdict().items() if value}
        run.pop("code", None)
        told = {"key": self.key, "verdict": self.verdict, "run": run or None}
        return {"version": 1, **told, **self.changes._asdict()}


_NONE = LastRun("", "", None, {})


def why(key: str, last: LastRun | None, now: Mapping[str, str]) -> Why:
    """What the last run and today have to do with each other."""
    return Why(key, last, changes(last.code, now) if last and last.code else CodeChanges())


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> CodeChanges:
    """What differs between two records of parts, each with its short hash."""
    return CodeChanges(
        tuple(name for name in now if name in before and before[name] != now[name]),
        tuple(name for name in now if name not in before),
        tuple(name for name in before if name not in now),
    )
