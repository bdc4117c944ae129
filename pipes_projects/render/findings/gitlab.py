"""Findings as a Code Quality report for GitLab, which merge requests show."""

from __future__ import annotations

from typing import Any

from pipes_projects.codes import Severity
from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.findings.shape import Finding
from pipes_projects.render.report import Report
from pipes_projects.text.plain import json_text

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.HINT: "info"}


def render(report: Report) -> str:
    """One array; an empty one says that earlier findings are gone."""
    return json_text(list(map(_issue, findings(report)))) + "\n"


def _issue(finding: Finding) -> dict[str, Any]:
    return {
        "description": f"{finding.message}; {finding.help}" if finding.help else finding.message,
        "check_name": finding.code,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.location.path,
            "lines": {"begin": finding.location.start.line, "end": finding.location.end.line},
        },
    }
