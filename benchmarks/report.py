"""Ratios, their targets, and the Markdown table that shows both."""

from dataclasses import dataclass
from typing import Literal

HEAD = "| case | what is compared | ratio | target | |\n|---|---|---:|---:|---|"


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


def row(result: Result, judged: bool) -> str:
    verdict = ("ok" if result.kept else "MISSED") if judged else "not judged"
    found = f"{result.found:.2f}×"
    return f"| {result.case} | {result.compared} | {found} | {result.target} | {verdict} |"
