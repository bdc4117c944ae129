"""Findings for people: each with a frame of the text at fault."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from pipes_projects.codes import Severity
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.plain_text import one_line, shown, spelt
from pipes_projects.render.report import Report
from pipes_projects.source import START, Location

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

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and text else text

    def diagnostic(self, finding: Diagnostic) -> str:
        colour = _COLOURS[finding.severity]
        head = self.paint(f"{finding.severity}[{finding.code}]", f"1;{colour}")
        lines = [f"{head}: {self.paint(shown(finding.message), '1')}"]
        places = [(finding.location, "", f"1;{colour}")]
        places += [(related.location, related.message, "1;34") for related in finding.related]
        gutter = max(len(str(place.span.start.line + 1)) for place, _, _ in places)
        for index, (place, message, style) in enumerate(places):
            arrow = self.paint("-->" if index == 0 else ":::", "1;34")
            lines.append(f"{' ' * gutter}{arrow} {shown(str(place))}")
            lines += self.frame(place, message, style, gutter)
        if finding.help:
            lines.append(f"{' ' * gutter} {self.paint('=', '1;34')} help: {shown(finding.help)}")
        return "\n".join(lines) + "\n"

    def frame(self, place: Location, message: str, style: str, gutter: int) -> Iterator[str]:
        bar = self.paint("|", "1;34")
        source = self.source(place.path)
        is_file = place.span == START
        text = "" if is_file or not source else source.line(place.span.start.line)
        if not text.strip():
            if message:
                yield f"{' ' * gutter} {bar} {shown(message)}"
            return
        start, end = place.span.start.column, place.span.end.column
        before, marked, after = text[:start], text[start:end], text[end:]
        left, right = max(0, start - WIDTH // 2), max(0, WIDTH - len(before[-WIDTH // 2 :]))
        before, marked = before[left:], marked[: max(1, right)]
        after = after[: max(0, right - len(marked))] if len(text) > WIDTH else after
        number = self.paint(str(place.span.start.line + 1).rjust(gutter), "1;34")
        yield f"{' ' * gutter} {bar}"
        yield f"{number} {bar} {shown(before + marked + after).rstrip()}"
        carets = self.paint("^" * max(1, width(marked)), style)
        note = f" {self.paint(shown(message), style)}" if message else ""
        yield f"{' ' * gutter} {bar} {' ' * width(before)}{carets}{note}"


def width(text: str) -> int:
    """How many columns of a terminal a text takes, as its reader sees it."""
    return sum(_columns(letter) for letter in spelt(one_line(text)))


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
