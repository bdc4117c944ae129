"""Ratios, their targets, and the table that shows both."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

HEAD = ("| case | what is compared | ratio | target | |", "|---|---|---:|---:|---|")


@dataclass(frozen=True)
class Target:
    """What is promised of a ratio."""

    bound: Literal["at most", "at least"]
    ratio: float

    def kept_by(self, found: float) -> bool:
        return found <= self.ratio if self.bound == "at most" else found >= self.ratio

    def __str__(self) -> str:
        return f"{self.bound} {self.ratio:g}×"


@dataclass(frozen=True)
class Result:
    """The ratio that a case found."""

    case: str
    compared: str
    found: float
    target: Target

    @property
    def kept(self) -> bool:
        return self.target.kept_by(self.found)


def at_most(ratio: float) -> Target:
    return Target("at most", ratio)


def at_least(ratio: float) -> Target:
    return Target("at least", ratio)


def table(results: Iterable[Result], judged: bool) -> str:
    return "\n".join([*HEAD, *(_row(result, judged) for result in results)])


def _row(result: Result, judged: bool) -> str:
    verdict = ("ok" if result.kept else "MISSED") if judged else "not judged"
    found = f"{result.found:.2f}×"
    return f"| {result.case} | {result.compared} | {found} | {result.target} | {verdict} |"
