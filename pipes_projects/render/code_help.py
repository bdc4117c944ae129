"""What each code means, in the words of `docs/diagnostics.md`.

`make docs` writes them into the file beside this module: the page itself is not installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pipes_projects.codes import Code, Severity

RULES = Path(__file__).with_name("rules.json")


class Rule(NamedTuple):
    """A code, for people who never saw it."""

    severity: Severity
    summary: str
    about: str
    fix: str


def read_rules() -> dict[Code, Rule]:
    """Every code, in the order of the page."""
    said = json.loads(RULES.read_text("utf-8"))
    return {Code(code): _rule(**it) for code, it in said.items()}


def _rule(severity: str, summary: str, about: str, fix: str) -> Rule:
    return Rule(Severity(severity), summary, about, fix)
