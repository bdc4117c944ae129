"""Findings as CSV: a line each, below one with the names of the columns."""

from __future__ import annotations

import csv
from io import StringIO

from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.report import Report


def render(report: Report) -> str:
    """All findings, in their order."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("path", "line", "column", "severity", "code", "message"))
    for finding in findings(report):
        start = finding.location.start
        place = (finding.location.path, start.line, start.column)
        lines.writerow((*place, finding.severity.value, finding.code, finding.message))
    return text.getvalue()
