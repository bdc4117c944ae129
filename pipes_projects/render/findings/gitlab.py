"""Findings as a Code Quality report for GitLab, which merge requests show."""

from __future__ import annotations

from typing import Any

from pipes_projects.codes import Severity
from pipes_projects.plain_text import json_text
from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.findings.shape import Finding
from pipes_projects.render.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(report: Report) -> str:
    """One array; an empty one says that earlier findings are gone."""
    return json_text(list(map(_issue, findings(report)))) + "\n"


def _issue(it: Finding) -> dict[str, Any]:
    return {
        "description": f"{it.message}; {it.help}" if it.help else it.message,
        "check_name": it.code,
        "fingerprint": it.fingerprint,
        "severity": _SEVERITIES[it.severity],
        "location": {
            "path": it.location.path,
            "lines": {"begin": it.location.start.line, "end": it.location.end.line},
        },
    }
