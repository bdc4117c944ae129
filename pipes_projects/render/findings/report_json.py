"""Findings for programs, as JSON: the shape in `pipes_projects.render.findings.shape`."""

from __future__ import annotations

from collections.abc import Sequence

from pipes_projects.codes import Severity
from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.findings.shape import CheckedProject, Finding, Findings, Summary, Tool
from pipes_projects.render.report import Checked, Report
from pipes_projects.text.plain import json_text


def render(report: Report) -> str:
    """One object, in one document."""
    found = tuple(findings(report))
    shape = Findings(
        version=1,
        tool=Tool(name="pipes-projects", version=report.version),
        projects=tuple(map(_project, report.projects)),
        findings=found,
        summary=_summary(found, report),
    )
    return json_text(shape.model_dump()) + "\n"


def _project(checked: Checked) -> CheckedProject:
    scripts = checked.compilation.project.scripts
    assets = sum(len(script.assets) for script in scripts)
    return CheckedProject(path=checked.path(), scripts=len(scripts), assets=assets)


def _summary(found: Sequence[Finding], report: Report) -> Summary:
    severities = [finding.severity for finding in found]
    return Summary(
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        hints=severities.count(Severity.HINT),
        elsewhere=sum(project.elsewhere for project in report.projects),
        failed=report.has_failed,
    )
