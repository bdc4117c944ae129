"""Entries that a list lacks → edits that add them, and leave the rest as it was written."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from pipes_projects.compiler.parse.document import Document, parse
from pipes_projects.compiler.parse.tree import Node
from pipes_projects.diagnostics import Addition, Fix, TextEdit
from pipes_projects.source import Location, SourceFile, Span
from pipes_projects.text.plain import brief

_PLAIN: Final = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)


class _Insertion(NamedTuple):
    at: int
    text: str


def addition_fix(document: Document, addition: Addition) -> Fix | None:
    """The edit that adds an entry; None if the text would not say exactly that afterwards."""
    source = document.source
    insertion = _insertion(document, addition)
    if insertion is None:
        return None
    at, new = insertion
    text = source.text[:at] + new + source.text[at:]
    before = document.at(addition.keys) or []
    after = parse(SourceFile(source.path, text)).document
    if after is None or after.at(addition.keys) != [*before, addition.word]:
        return None
    place = source.position(at)
    edit = TextEdit(Location(source.path, Span(place, place)), new)
    return Fix(brief(f"add `{addition.word}` to `{addition.keys[-1]}`"), (edit,))


def _insertion(document: Document, addition: Addition) -> _Insertion | None:
    root, text = document.root, document.source.text
    (name,) = addition.keys
    word = addition.word if _PLAIN.fullmatch(addition.word) else json.dumps(addition.word)
    if root is None or root.is_nothing:
        return _at_end(text, name, word)
    if not root.is_mapping or "assets" in document.data:
        return None
    pair = root.pair(name)
    if pair is None:
        return _at_end(text, name, word) if root.is_block else None
    return _in_list(pair[1], text, word) if isinstance(pair[1].value, list) else None


def _at_end(text: str, name: str, word: str) -> _Insertion:
    """A line at the end, inserted before the last line break, so that its place is in the text."""
    entry, line_break = f"{name}: [{word}]", _line_break(text)
    if not text.strip():
        return _Insertion(0, f"{entry}\n")
    at = len(text.removesuffix(line_break))
    return _Insertion(at, f"{line_break}{entry}{'' if at < len(text) else line_break}")


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _in_list(items: Node, text: str, word: str) -> _Insertion | None:
    if items.is_mapping:
        return None
    if not items.value:
        return None if items.is_block else _Insertion(items.start + 1, word)
    last = items.value[-1]
    if not items.is_block:
        return _Insertion(last.end, f", {word}")
    start = text.rfind("\n", 0, last.start) + 1
    before = text[start : last.start]
    if not re.fullmatch(r" *- +", before):
        return None
    line_break = _line_break(text)
    end = text.find(line_break, last.end)
    end = len(text) if end < 0 else end
    return _Insertion(end, f"{line_break}{before}{word}")
