"""Report → findings in the shape for programs: paths from the root, numbers from 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256

from pipes_projects.diagnostics import DeleteFile, Diagnostic, Fix, TextEdit
from pipes_projects.render.findings.shape import (
    Edit,
    Finding,
    Place,
    Point,
    ProposedFix,
    RelatedPlace,
)
from pipes_projects.render.report import Checked, Report
from pipes_projects.source import Location, Position, SourceFile
from pipes_projects.text.env_values import help_without_env_values

Measure = Callable[[str], int]


def findings(report: Report, measure: Measure = len) -> Iterator[Finding]:
    """Every finding; `measure` says how many columns a text takes."""
    seen: Counter[str] = Counter()
    for checked in report.projects:
        for diagnostic in checked.compilation.diagnostics:
            yield _finding(diagnostic, checked, measure, seen)


def _finding(
    finding: Diagnostic, checked: Checked, measure: Measure, seen: Counter[str]
) -> Finding:
    place = _place(finding.location, checked, measure)
    related = (
        RelatedPlace(message=message, location=_place(location, checked, measure))
        for location, message in finding.related
    )
    return Finding(
        severity=finding.severity,
        code=finding.code.value,
        message=finding.message,
        help=finding.help and help_without_env_values(finding.help),
        location=place,
        related=tuple(related),
        fix=_fix(finding.fix, checked, measure) if finding.fix else None,
        fingerprint=_fingerprint("\0".join((finding.code, place.path, finding.message)), seen),
    )


def _fix(fix: Fix, checked: Checked, measure: Measure) -> ProposedFix:
    edits = (
        Edit(location=_place(edit.location, checked, measure), new_text=edit.new_text)
        for edit in fix.edits
        if isinstance(edit, TextEdit)
    )
    removed = (checked.path(edit.path) for edit in fix.edits if isinstance(edit, DeleteFile))
    return ProposedFix(message=fix.message, edits=tuple(edits), removed_files=tuple(removed))


def _fingerprint(text: str, seen: Counter[str]) -> str:
    """A hash of the text; identical findings in a file are told apart by their order."""
    seen[text] += 1
    return sha256(f"{text}\0{seen[text]}".encode()).hexdigest()[:32]


def _place(location: Location, checked: Checked, measure: Measure) -> Place:
    start, end = (_point(position, location.path, checked, measure) for position in location.span)
    return Place(path=checked.path(location.path), start=start, end=end)


def _point(at: Position, path: str, checked: Checked, measure: Measure) -> Point:
    source = checked.compilation.source(path)
    before = _columns(source, at, measure) if source else at.column
    return Point(line=at.line + 1, column=before + 1)


def _columns(source: SourceFile, at: Position, measure: Measure) -> int:
    """How many columns of its line are before a point; a line may be as long as a file."""
    first, last = source.bounds(at.line)
    place = min(first + at.column, last)
    is_letters = measure is len or source.text.isascii()
    return place - first if is_letters else measure(source.text[first:place])
