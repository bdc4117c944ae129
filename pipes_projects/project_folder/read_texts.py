"""What the texts of manifests say, kept from run to run by their content.

Reading thousands of texts as YAML takes a third of what `check` does, and few of them have changed
since the last time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.compiler.memory import reading_with
from pipes_projects.compiler.parse import document as parsing
from pipes_projects.compiler.parse.document import Document, KeyPath, Parsed, Tree
from pipes_projects.disk.cache import FEW, CacheFile
from pipes_projects.manifest.contract import Contract
from pipes_projects.source import Position, SourceFile, Sources, Span

Known = list[Any]
"""The data of a text, its numbers and booleans as written, whether anything is null, and where the
items of its lists are."""


class ReadTexts:
    """Reads texts, or knows what they say: those with nothing wrong, by their content."""

    def __init__(self, root: Path) -> None:
        self.file = CacheFile("manifests", root, _made_by())
        self.before: dict[str, Any] = self.file.read()
        self.now: dict[str, Known] = {}
        self.new: dict[str, Document] = {}

    def parse(self, source: SourceFile) -> Parsed:
        """See `parse` of the compiler, whose result this is."""
        name = sha256(source.text.encode("utf-8", "surrogatepass")).hexdigest()
        known: Any = self.before.get(name)
        document = _document(source, known)
        if document:
            self.now[name] = known
            return Parsed(document)
        parsed = parsing.parse(source)
        document = parsed.document
        if document and not parsed.diagnostics and not document.holes:
            self.new[name] = document
        return parsed

    def keep(self) -> None:
        """Keep for the next run what the texts of this one say, unless that is what is kept."""
        if len(self.now) + len(self.new) <= FEW or (self.now == self.before and not self.new):
            return
        self.file.keep(self.now | {name: _known(document) for name, document in self.new.items()})


def compile_known(
    root: Path, sources: Sources, contract: Contract, checks: tuple[Check, ...] = CHECKS
) -> Compilation:
    """Compile the texts of a project in a folder, of which only those are read that are not known
    from an earlier run."""
    texts = ReadTexts(root)
    compilation = compile_sources(sources, contract, checks, reading_with(texts.parse))
    texts.keep()
    return compilation


def _known(document: Document) -> Known:
    written = list(document.written.items())
    items = [
        [path, [[*place.span.start, *place.span.end] for place in document.items(path)]]
        for path in _lists(document.data, ())
    ]
    return [document.data, written, document.has_nulls, items]


def _lists(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    if isinstance(value, list):
        yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _lists(part, (*path, key))


def _document(source: SourceFile, known: Any) -> Document | None:
    """What is known of a text, which anybody may have changed; None if it is nothing of ours."""
    try:
        data, written, has_nulls, items = known
        as_written = {tuple(path): text for path, text in written}
        places = {tuple(path): [_span(*place) for place in spans] for path, spans in items}
    except (TypeError, ValueError):
        return None
    return Document(source, data, Tree(source.text, places), as_written, {}, has_nulls)


def _span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(Position(line, column), Position(end_line, end_column))


def _made_by() -> str:
    """What reads texts: our code for it, and the package that it uses, as they are installed."""
    ours = Path(parsing.__file__).parent.rglob("*.py")
    package = find_spec("ruamel.yaml")
    files = [*map(str, ours), *([package.origin] if package and package.origin else [])]
    stamps = ((name, os.stat(name)) for name in sorted(files))
    return ", ".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stamps)
