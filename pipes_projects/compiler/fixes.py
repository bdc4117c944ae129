"""Findings with one certain correction → edits of the text: all else stays as its author wrote it.

An edit replaces a word where it stands. To read a file and write it again, as ruamel.yaml's round
trip does, would keep comments and quotes too, but change indents, blanks and the length of lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.memory import Memory
from pipes_projects.compiler.parse.document import Document, KeyPath, parse
from pipes_projects.compiler.parse.nodes import Node
from pipes_projects.diagnostics import Correction, DeleteFile, Diagnostic, Fix, TextEdit, one_line
from pipes_projects.source import Location, SourceFile, Span

Texts = Mapping[str, SourceFile]
Documents = Mapping[str, Document]

_PLAIN: Final = re.compile(r"[A-Za-z_]([\w./@+-]|:(?=[\w./~-]))*", re.ASCII)
_NO_TEXT: Final = frozenset({"null", "true", "false"})


def with_fixes(
    found: Iterable[Diagnostic], texts: Texts, documents: Documents, memory: Memory
) -> tuple[Diagnostic, ...]:
    """The findings, with edits for those that have one certain correction."""
    return tuple(_with_fix(it, texts, documents, memory) for it in found)


def edited(source: SourceFile, edits: Iterable[TextEdit]) -> SourceFile:
    """The file with some edits made, none of which overlap."""
    text = source.text
    for edit in sorted(edits, key=lambda it: it.location.span, reverse=True):
        start, end = (source.index(it) for it in edit.location.span)
        text = text[:start] + edit.new_text + text[end:]
    return SourceFile(source.path, text)


def _with_fix(it: Diagnostic, texts: Texts, documents: Documents, memory: Memory) -> Diagnostic:
    if it.code is Code.DUPLICATE_MANIFEST:
        twins = texts[it.location.path], texts[it.related[0].location.path]
        return it._replace(fix=memory.recall(it.location.path, _without_twin, *twins))
    correction = it.correction
    document = documents.get(correction.location.path) if correction else None
    if correction is None or document is None:
        return it
    return it._replace(fix=memory.recall(correction, _fix, document, correction))


def _fix(document: Document, correction: Correction) -> Fix | None:
    spot = _spot(document, correction)
    if spot is None:
        return None
    source, node = document.source, spot.node
    old = source.text[node.start : node.end]
    new = _written(correction.right, node, old)
    span = Span(source.position(node.start), source.position(node.end))
    edit = TextEdit(Location(source.path, span), new)
    if not _reads(edited(source, [edit]), spot, correction):
        return None
    return Fix(one_line(f"write `{new}` instead of `{old}`"), (edit,))


class _Spot(NamedTuple):
    """A scalar in the text."""

    node: Node
    path: KeyPath
    is_key: bool
    parent: Node | None


def _spot(document: Document, correction: Correction) -> _Spot | None:
    """The one word at the place; None where it has an alias, an anchor or several lines."""
    source, span = document.source, correction.location.span
    start, end = source.index(span.start), source.index(span.end)
    inside = (
        it
        for it in _spots(document.root)
        if start <= it.node.start and it.node.end <= end and it.is_key == correction.is_key
    )
    found = [it for it in inside if correction.wrong in (None, it.node.value)]
    if len(found) != 1 or not _is_bare(source.text, found[0].node):
        return None
    is_taken = correction.is_key and found[0].parent and found[0].parent.pair(str(correction.right))
    return None if is_taken else found[0]


def _spots(root: Node | None) -> Iterator[_Spot]:
    """Every scalar; that of an anchor once more for each alias."""
    pending: list[_Spot] = [_Spot(root, (), False, None)] if root else []
    while pending:
        spot = pending.pop()
        node, path = spot.node, spot.path
        if isinstance(node.value, str):
            yield spot
        elif node.is_mapping:
            for key, value in node.value:
                pending.append(_Spot(key, (*path, str(key.value)), True, node))
                pending.append(_Spot(value, (*path, str(key.value)), False, node))
        else:
            items = enumerate(node.value)
            pending += [_Spot(item, (*path, index), False, node) for index, item in items]


def _is_bare(text: str, node: Node) -> bool:
    """Whether the node's text is the word alone, perhaps in quotes."""
    old = text[node.start : node.end]
    if node.is_plain:
        return bool(old == node.value)
    return len(old) > 1 and old[0] in "'\"" and old[-1] == old[0]


def _written(right: str | bool | tuple[str, ...], node: Node, old: str) -> str:
    """The value in YAML, in the quotes of what it takes the place of."""
    if isinstance(right, bool):
        return str(right).lower()
    if isinstance(right, tuple):
        words = [old if word == node.value else _text(word) for word in right]
        return f"[{', '.join(words)}]"
    if old.startswith("'"):
        return "'" + right.replace("'", "''") + "'"
    return json.dumps(right, ensure_ascii=False) if old.startswith('"') else _text(right)


def _text(word: str) -> str:
    is_plain = _PLAIN.fullmatch(word) and word.lower() not in _NO_TEXT
    return word if is_plain else json.dumps(word, ensure_ascii=False)


def _reads(source: SourceFile, spot: _Spot, correction: Correction) -> bool:
    """Whether the text still is YAML, and says what it should."""
    document = parse(source).document
    if document is None:
        return False
    if correction.is_key:
        parent: Any = document.at(spot.path[:-1])
        return isinstance(parent, dict) and correction.right in parent
    right = list(correction.right) if isinstance(correction.right, tuple) else correction.right
    value = document.at(spot.path)
    return bool(value == right and type(value) is type(right))


def _comments(source: SourceFile) -> set[str]:
    """All comments, and what else stands behind a `#`."""
    return {line[line.find("#") :].rstrip() for line in source.text.splitlines() if "#" in line}


def _without_twin(twin: SourceFile, other: SourceFile) -> Fix | None:
    """Removes a file whose every word, comments too, stands in the other one."""
    documents = [parse(source).document for source in (twin, other)]
    data = [document and (repr(document.data), document.written) for document in documents]
    if data[0] is None or data[0] != data[1]:
        return None
    if not _comments(twin) <= _comments(other):
        return None
    names = [source.path.rpartition("/")[2] for source in (twin, other)]
    message = f"remove `{names[0]}`, which says the same as `{names[1]}`"
    return Fix(one_line(message), (DeleteFile(twin.path),))
