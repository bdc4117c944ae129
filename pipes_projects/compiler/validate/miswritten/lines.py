"""The lines of a text that continues on the lines below."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.source import Location, Position, Span


def lines_of(document: Document, path: KeyPath) -> Iterator[str]:
    """What each line has of it; nothing, if it is in quotes."""
    whole, at, number = str(document.as_written(path)), 0, 0
    while at < len(whole):
        _, (start, end) = place_of_line(document, path, number)
        text = document.source.line(start.line)[start.column : end.column]
        if not whole.startswith(text, at):
            return
        yield text
        at, number = at + len(text) + 1, number + 1


def place_of_line(document: Document, path: KeyPath, number: int) -> Location:
    """Where the text has its line with this number, counted from zero."""
    where, (start, _) = document.value(path)
    line = document.source.line(start.line + number)
    begin = len(line) - len(line.lstrip()) if number else start.column
    end = max(begin, len(line.rstrip()))
    return Location(where, Span(*(Position(start.line + number, at) for at in (begin, end))))
