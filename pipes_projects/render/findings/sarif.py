"""Findings as SARIF 2.1.0, for code scanning and viewers in editors.

Paths start from `%SRCROOT%`, which readers resolve: a log is the same wherever it was made. URLs
are those in the package's metadata; if it has none, there are none here.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any
from urllib.parse import quote

from pipes_projects.codes import Code, Severity
from pipes_projects.render.code_help import Rule, read_rules
from pipes_projects.render.findings.of_report import findings
from pipes_projects.render.findings.shape import Edit, Finding, Place, ProposedFix
from pipes_projects.render.report import Report
from pipes_projects.text.plain import json_text

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.HINT: "note"}
_ROOT = "%SRCROOT%"
_ABOUT_ROOT = "the root of the repository; without one, the folder that `check` was called in"
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_CODES = {code.value: index for index, code in enumerate(Code)}


def render(report: Report) -> str:
    """One log with one run, which code scanning takes as complete."""
    run = {
        "tool": {"driver": _driver(report.version, _addresses())},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": _ABOUT_ROOT}}},
        "results": [_result(finding) for finding in findings(report, _utf16)],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(log) + "\n"


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _addresses() -> dict[str, str]:
    """The project's URLs, by their labels."""
    try:
        named = metadata("pipes-projects").get_all("Project-URL") or []
    except PackageNotFoundError:
        return {}
    return dict(address.split(", ", 1) for address in named)


def _driver(version: str, addresses: dict[str, str]) -> dict[str, Any]:
    home, docs, rules = addresses.get("Homepage"), addresses.get("Documentation"), read_rules()
    return {
        "name": "pipes-projects",
        "version": version,
        **({"informationUri": home} if home else {}),
        "rules": [_rule(code, rules[code], docs) for code in Code],
    }


def _rule(code: Code, rule: Rule, docs: str | None) -> dict[str, Any]:
    return {
        "id": code.value,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.about},
        "help": {
            "text": f"{rule.about}\n\n{rule.fix}",
            "markdown": f"{rule.about}\n\n**Fix.** {rule.fix}",
        },
        **({"helpUri": f"{docs.rstrip('/')}/diagnostics.md#{code}"} if docs else {}),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding) -> dict[str, Any]:
    related = [
        {"id": number, **_location(part.location), "message": _message(part.message)}
        for number, part in enumerate(finding.related)
    ]
    return {
        "ruleId": finding.code,
        "ruleIndex": _CODES[finding.code],
        "level": _LEVELS[finding.severity],
        "message": _message(
            f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
        ),
        "locations": [_location(finding.location)],
        **({"relatedLocations": related} if related else {}),
        **({"fixes": [_fix(finding.fix)]} if finding.fix and finding.fix.edits else {}),
        "partialFingerprints": {"pipesProjectsFinding/v1": finding.fingerprint},
    }


def _fix(fix: ProposedFix) -> dict[str, Any]:
    """A change for each file; SARIF has no way to say that a file is removed."""
    changes: dict[str, dict[str, Any]] = {}
    for edit in fix.edits:
        file = {"artifactLocation": _artifact(edit.location), "replacements": []}
        changes.setdefault(edit.location.path, file)["replacements"].append(_replacement(edit))
    return {"description": _message(fix.message), "artifactChanges": [*changes.values()]}


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": _span(edit.location),  # empty for what is only inserted
        "insertedContent": {"text": edit.new_text},
    }


def _message(text: str) -> dict[str, str]:
    """Text that looks like a link is escaped, so that it stays text."""
    return {"text": _LINK.sub(r"\\[", text)}


def _location(place: Place) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(place), "region": _region(place)}}


def _artifact(place: Place) -> dict[str, str]:
    return {"uri": quote(place.path), "uriBaseId": _ROOT}


def _region(place: Place) -> dict[str, int]:
    """Readers need a line, even if a whole file is meant."""
    if place.is_file:
        return {"startLine": 1}
    return _span(place)


def _span(place: Place) -> dict[str, int]:
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }
