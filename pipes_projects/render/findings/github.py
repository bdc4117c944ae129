"""Findings as GitHub's workflow commands, which become annotations of the changed files."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Severity
from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.findings.shape import Finding, Place
from pipes_projects.render.report import Report
from pipes_projects.text.plain import shown

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "notice"}
_IN_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = str.maketrans({**_IN_TEXT, ":": "%3A", ",": "%2C"})
_IN_MESSAGE = str.maketrans(_IN_TEXT)


def render(report: Report) -> str:
    """A command for each finding, on a line of its own; empty if there are none."""
    return "".join(f"{_command(finding)}\n" for finding in findings(report))


def _command(finding: Finding) -> str:
    properties = {"file": finding.location.path, **_region(finding.location), "title": finding.code}
    options = ",".join(
        f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items()
    )
    message = "\n".join(_lines(finding)).translate(_IN_MESSAGE)
    return f"::{_COMMANDS[finding.severity]} {shown(options)}::{shown(message)}"


def _region(place: Place) -> dict[str, str]:
    """GitHub understands columns only within one line."""
    if place.is_file:
        return {}
    start, end = place.start, place.end
    lines = {"line": str(start.line), "endLine": str(end.line)}
    if start.line != end.line:
        return lines
    return {**lines, "col": str(start.column), "endColumn": str(end.column)}


def _lines(finding: Finding) -> Iterator[str]:
    yield finding.message
    for related in finding.related:
        place = related.location
        yield f"{place.path}:{place.start.line}:{place.start.column}: {related.message}"
    if finding.help:
        yield f"help: {finding.help}"
