"""The results, their targets, and the Markdown table that shows both."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HEAD = "| case | what is compared | found | target | |\n|---|---|---:|---:|---|"
START, END = "<!-- bench -->", "<!-- /bench -->"


@dataclass(frozen=True)
class Target:
    """What is promised: a limit for a ratio, or for the seconds that somebody waits."""

    bound: Literal["at most", "at least"]
    limit: float
    unit: str = "×"

    def kept_by(self, found: float) -> bool:
        return found <= self.limit if self.bound == "at most" else found >= self.limit

    def __str__(self) -> str:
        return f"{self.bound} {self.limit:g}{self.unit}"


@dataclass(frozen=True)
class Result:
    """What a case measured."""

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


def seconds(most: float) -> Target:
    """For a time that cannot be compared with any other in the same run."""
    return Target("at most", most, " s")


def row(result: Result, judged: bool) -> str:
    verdict = ("ok" if result.kept else "MISSED") if judged else "not judged"
    found = f"{result.found:.2f}{result.target.unit}"
    return f"| {result.case} | {result.compared} | {found} | {result.target} | {verdict} |"


def write_table(readme: Path, rows: Iterable[str]) -> None:
    """Writes it between the two comments that mark its place."""
    before, rest = readme.read_text("utf-8").split(START, 1)
    after = rest.split(END, 1)[1]
    table = "\n".join((HEAD, *rows))
    readme.write_text(f"{before}{START}\n{table}\n{END}{after}", "utf-8")
