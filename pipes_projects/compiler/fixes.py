"""Findings with one certain correction → edits of the text that leave the rest as it was written.

An edit replaces a word in place. Reading a file and writing it again, as ruamel.yaml's round trip
does, would keep comments and quotes too, but change indentation, blank lines and line lengths.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from operator import not_
from typing import Any, Final, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.additions import addition_fix
from pipes_projects.compiler.memory import Memory
from pipes_projects.compiler.parse.document import Document, KeyPath, parse
from pipes_projects.compiler.parse.tree import Node
from pipes_projects.compiler.spots import Spot, Spots
from pipes_projects.diagnostics import Correction, DeleteFile, Diagnostic, Fix, TextEdit
from pipes_projects.source import Location, SourceFile, Span
from pipes_projects.text.plain import brief

Texts = Mapping[str, SourceFile]
Documents = Mapping[str, Document]

_PLAIN: Final = re.compile(r"[A-Za-z_]([\w./@+-]|:(?=[\w./~-]))*", re.ASCII)
_NO_TEXT: Final = frozenset({"null", "true", "false"})
MOST: Final = 1_000_000
"""How many letters of a file are read again to find out which of its fixes are certain."""


def with_fixes(
    found: Iterable[Diagnostic], texts: Texts, documents: Documents, memory: Memory
) -> tuple[Diagnostic, ...]:
    """The findings, with edits for those that have one certain correction."""
    found = tuple(found)
    wanted: dict[str, dict[Correction, None]] = {}
    for finding in found:
        if finding.correction and finding.correction.location.path in documents:
            wanted.setdefault(finding.correction.location.path, {})[finding.correction] = None
    fixes: dict[Correction, Fix] = {}
    for path, corrections in wanted.items():
        fixes |= memory.recall(path, _fixes, documents[path], *corrections)
    return tuple(_with_fix(finding, texts, documents, fixes, memory) for finding in found)


def edited(source: SourceFile, edits: Iterable[TextEdit]) -> SourceFile:
    """The file with some edits made, none of which overlap."""
    parts, done = [], 0
    for edit in sorted(edits, key=lambda each: each.location.span):
        start, end = (source.index(position) for position in edit.location.span)
        parts += [source.text[done:start], edit.new_text]
        done = end
    return SourceFile(source.path, "".join([*parts, source.text[done:]]))


def _with_fix(
    finding: Diagnostic,
    texts: Texts,
    documents: Documents,
    fixes: Mapping[Correction, Fix],
    memory: Memory,
) -> Diagnostic:
    if finding.code is Code.DUPLICATE_MANIFEST:
        twins = texts[finding.location.path], texts[finding.related[0].location.path]
        return finding._replace(fix=memory.recall(finding.location.path, _without_twin, *twins))
    if finding.addition and finding.addition.path in documents:
        document = documents[finding.addition.path]
        return finding._replace(fix=addition_fix(document, finding.addition))
    return finding._replace(fix=fixes.get(finding.correction)) if finding.correction else finding


class _Candidate(NamedTuple):
    """A correction, the word that it corrects, and the edit that would make it."""

    correction: Correction
    spot: Spot
    edit: TextEdit


def _fixes(document: Document, *corrections: Correction) -> dict[Correction, Fix]:
    """The corrections of a file that an edit is certain to make."""
    source, spots = document.source, Spots(document.root)
    candidates = [
        candidate
        for candidate in (_candidate(source, spots, correction) for correction in corrections)
        if candidate
    ]
    return {
        candidate.correction: _fix(source, candidate) for candidate in _certain(source, candidates)
    }


def _fix(source: SourceFile, candidate: _Candidate) -> Fix:
    old = source.text[candidate.spot.node.start : candidate.spot.node.end]
    return Fix(brief(f"write `{candidate.edit.new_text}` instead of `{old}`"), (candidate.edit,))


def _candidate(source: SourceFile, spots: Spots, correction: Correction) -> _Candidate | None:
    """None where the word is not alone at its place: with an alias, an anchor or several lines."""
    start, end = (source.index(at) for at in correction.location.span)
    spot = spots.only(start, end, correction.is_key, correction.wrong)
    if spot is None or not _is_bare(source.text, spot.node):
        return None
    if correction.is_key and spot.parent and spot.parent.pair(str(correction.right)):
        return None
    node = spot.node
    new = _written(correction.right, node, source.text[node.start : node.end])
    span = Span(source.position(node.start), source.position(node.end))
    return _Candidate(correction, spot, TextEdit(Location(source.path, span), new))


def _certain(source: SourceFile, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Those after which the text is still YAML, and says what it should.

    They are made and read together, since most of them work. If some do not, the batch is split
    into halves, a limited number of times; what is not certain by then has no fix.
    """
    certain: list[_Candidate] = []
    batches = [list(batch) for batch in _apart(candidates)]
    for _ in range(max(4, MOST // (len(source.text) + 1))):
        if not batches:
            break
        good, bad = _read(source, batches[0])
        certain += good
        half = (len(bad) + 1) // 2
        parts = (bad[:half], bad[half:]) if len(batches[0]) > 1 else ()
        batches = [*batches[1:], *filter(None, parts)]
    return certain


def _apart(candidates: Iterable[_Candidate]) -> list[list[_Candidate]]:
    """Batches of candidates, none of which changes a word twice."""
    seen: Counter[int] = Counter()
    rounds: dict[int, list[_Candidate]] = {}
    for candidate in candidates:
        rounds.setdefault(seen[candidate.spot.node.start], []).append(candidate)
        seen[candidate.spot.node.start] += 1
    return list(rounds.values())


def _read(source: SourceFile, batch: list[_Candidate]) -> tuple[list[_Candidate], list[_Candidate]]:
    """With all of the batch made: those that a parser reads as intended, and the others."""
    document = parse(edited(source, [candidate.edit for candidate in batch])).document
    if document is None:
        return [], batch
    new = {
        candidate.spot.path: str(candidate.correction.right)
        for candidate in batch
        if candidate.correction.is_key
    }
    verdicts = [
        _reads(document, _renamed(candidate.spot.path, new), candidate.correction)
        for candidate in batch
    ]
    return list(compress(batch, verdicts)), list(compress(batch, map(not_, verdicts)))


def _renamed(path: KeyPath, new: Mapping[KeyPath, str]) -> KeyPath:
    """The new path of something, once some keys are renamed."""
    steps = range(1, len(path) + 1) if new else ()
    names = [new.get(path[:end], path[end - 1]) for end in steps]
    return tuple(names) if new else path


def _is_bare(text: str, node: Node) -> bool:
    """Whether the node's text is only the word, perhaps in quotes."""
    old = text[node.start : node.end]
    if node.is_plain:
        return bool(old == node.value)
    return len(old) > 1 and old[0] in "'\"" and old[-1] == old[0]


def _written(right: str | bool | tuple[str, ...], node: Node, old: str) -> str:
    """The value in YAML, with the quotes of what it replaces."""
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


def _reads(document: Document, path: KeyPath, correction: Correction) -> bool:
    if correction.is_key:
        parent: Any = document.at(path[:-1])
        return isinstance(parent, dict) and correction.right in parent
    right = list(correction.right) if isinstance(correction.right, tuple) else correction.right
    value = document.at(path)
    return bool(value == right and type(value) is type(right))


def _comments(source: SourceFile) -> set[str]:
    """All comments, and whatever else follows a `#`."""
    return {line[line.find("#") :].rstrip() for line in source.text.split("\n") if "#" in line}


def _without_twin(twin: SourceFile, other: SourceFile) -> Fix | None:
    """Removes a file if the other one has everything in it, comments too."""
    documents = [parse(source).document for source in (twin, other)]
    data = [document and (repr(document.data), document.written) for document in documents]
    if data[0] is None or data[0] != data[1]:
        return None
    if not _comments(twin) <= _comments(other):
        return None
    names = [source.path.rpartition("/")[2] for source in (twin, other)]
    message = f"remove `{names[0]}`, which says the same as `{names[1]}`"
    return Fix(brief(message), (DeleteFile(twin.path),))
