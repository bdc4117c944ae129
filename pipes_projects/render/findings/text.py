"""Findings for people: each with a frame of the text at fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipes_projects.codes import Severity
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.render.report import Report
from pipes_projects.source import START, Location, SourceFile, Span
from pipes_projects.text.env_values import help_without_env_values, without_env_values
from pipes_projects.text.plain import shown
from pipes_projects.text.width import width

WIDTH = 120
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.HINT: "36"}


def render(report: Report, colour: bool = False) -> str:
    """Each project by itself, with paths relative to it."""
    return "".join(
        render_text(project.compilation, colour, project.elsewhere) for project in report.projects
    )


def render_text(compilation: Compilation, colour: bool = False, elsewhere: int = 0) -> str:
    """Every finding with its frame, and a last line that counts them."""
    painter = _Painter(compilation, colour)
    parts = [painter.diagnostic(finding) for finding in compilation.diagnostics]
    return "\n".join([*parts, summary(compilation, elsewhere)]) + "\n"


def render_findings(compilation: Compilation, found: Iterable[Diagnostic]) -> str:
    """Some findings with their frames, and nothing else."""
    painter = _Painter(compilation, colour=False)
    return "\n".join(painter.diagnostic(finding) for finding in found)


def summary(compilation: Compilation, elsewhere: int = 0) -> str:
    """How many findings, in how many scripts; `elsewhere` counts those that were not asked for."""
    found = [finding.severity for finding in compilation.diagnostics]
    counts = [_count(found.count(severity), severity.value) for severity in Severity]
    scripts = compilation.project.scripts
    assets = sum(len(script.assets) for script in scripts)
    of = f"{_count(len(scripts), 'script')}, {_count(assets, 'asset')}"
    shown_counts = [count for count in counts if not count.startswith("0")] or ["no findings"]
    return (
        f"{', '.join([*shown_counts, *([f'{elsewhere} elsewhere'] if elsewhere else [])])} ({of})"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


class _Painter:
    def __init__(self, compilation: Compilation, colour: bool) -> None:
        self.source, self.colour = compilation.source, colour
        self.bar, self.equals = self.paint("|", "1;34"), self.paint("=", "1;34")
        self.arrow, self.dots = self.paint("-->", "1;34"), self.paint(":::", "1;34")

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text else text

    def diagnostic(self, finding: Diagnostic) -> str:
        style = f"1;{_COLOURS[finding.severity]}"
        places = (finding.location, *(related.location for related in finding.related))
        blank = " " * len(str(max(place.span.start.line for place in places) + 1))
        head = self.paint(f"{finding.severity}[{finding.code}]", style)
        lines = [f"{head}: {self.paint(shown(finding.message), '1')}"]
        lines.append(f"{blank}{self.arrow} {shown(str(finding.location))}")
        lines += self.frame(finding.location, "", style, blank)
        for place, message in finding.related:
            lines.append(f"{blank}{self.dots} {shown(str(place))}")
            lines += self.frame(place, message, "1;34", blank)
        if finding.help:
            lines.append(
                f"{blank} {self.equals} help: {shown(help_without_env_values(finding.help))}"
            )
        return "\n".join(lines) + "\n"

    def frame(self, place: Location, message: str, style: str, blank: str) -> Iterator[str]:
        source = self.source(place.path)
        is_file = place.span == START
        seen = None if is_file or not source else _seen(source, place.span)
        if seen is None:
            if message:
                yield f"{blank} {self.bar} {shown(message)}"
            return
        number = self.paint(str(place.span.start.line + 1).rjust(len(blank)), "1;34")
        yield f"{blank} {self.bar}"
        yield f"{number} {self.bar} {shown(''.join(seen)).rstrip()}"
        carets = self.paint("^" * max(1, width(seen.marked)), style)
        note = f" {self.paint(shown(message), style)}" if message else ""
        yield f"{blank} {self.bar} {' ' * width(seen.before)}{carets}{note}"


class _Seen(NamedTuple):
    """The words at fault, and as much of their line as there is room for."""

    before: str
    marked: str
    after: str


def _seen(source: SourceFile, span: Span) -> _Seen | None:
    """What is shown of a line; None where it is blank. A line may be as long as a file."""
    text, (first, last) = without_env_values(source.text), source.bounds(span.start.line)
    start, end = (min(first + at.column, last) for at in span)
    left = max(first, start - WIDTH // 2)
    room = max(1, WIDTH - (start - left))
    marked = text[start : min(end, start + room)]
    is_long = last - first > WIDTH
    after = text[end : min(last, end + room - len(marked)) if is_long else last]
    seen = _Seen(text[left:start], marked, after)
    is_blank = not "".join(seen).strip() and not text[first:last].strip()
    return None if is_blank else seen
