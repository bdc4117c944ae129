"""What each code means, in the words of `docs/diagnostics.md`.

`make docs` writes them into the file beside this module, as the page itself is not installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pipes_projects.codes import Code, Severity

RULES = Path(__file__).with_name("rules.json")


class Rule(NamedTuple):
    """A code, explained to people who have not seen it before."""

    severity: Severity
    summary: str
    about: str
    fix: str
    text: str
    """The whole section, with its examples, for a terminal."""


def render_code(code: Code) -> str:
    """What a code means, for people."""
    rule = read_rules()[code]
    return f"{code} ({rule.severity})\n\n{rule.text}\n"


def render_code_json(code: Code) -> str:
    """The same for programs: one object."""
    answer = {"version": 1, "code": code, **read_rules()[code]._asdict()}
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def read_rules() -> dict[Code, Rule]:
    """Every code, in the order of the page."""
    rules = json.loads(RULES.read_text("utf-8"))
    return {Code(code): _rule(**rule) for code, rule in rules.items()}


def _rule(severity: str, summary: str, about: str, fix: str, text: str) -> Rule:
    return Rule(Severity(severity), summary, about, fix, text)
