"""A manifest's text, with the comments of the text that it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pipes_projects.compiler.parse.comments import Comment
from pipes_projects.scaffold.importing.imported import ImportedScript, KeyPath
from pipes_projects.scaffold.yaml_text import word

_WIDTH: Final = 90
_PLAIN: Final = re.compile(
    r"team:[A-Za-z][\w-]*|([0-9]+[dhms])+|[A-Za-z][\w.()'-]*( [\w.()'-]+)+", re.ASCII
)
"""Text that needs no quotes anywhere: an owner, a duration, a sentence."""
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*")


class _Line(NamedTuple):
    text: str
    indent: int
    target: KeyPath


def manifest_text(script: ImportedScript, comments: Iterable[Comment]) -> str:
    """The text; comments stand where their key is now, or else at the top."""
    places = _Places(script, [note for note in comments if note.document == script.document])
    lines = list(_mapping(script.manifest, 0, (), places))
    return "".join(f"{line}\n" for line in places.with_comments(lines))


class _Places:
    """Which comments belong to which part of the manifest."""

    def __init__(self, script: ImportedScript, comments: list[Comment]) -> None:
        self.origins, self.comments = script.origins, comments
        self.by_line: dict[int, list[KeyPath]] = {}
        for path, line in script.lines.items():
            self.by_line.setdefault(line, []).append(path)

    def origin(self, target: KeyPath) -> KeyPath | None:
        """Where a part comes from: what it is mapped to, or the same below what is above it."""
        for cut in range(len(target), 0, -1):
            if target[:cut] in self.origins:
                return (*self.origins[target[:cut]], *target[cut:])
        return None

    def anchors(self, comment: Comment) -> list[KeyPath]:
        """The parts on its line, or else on the next line that has some."""
        if not comment.is_alone:
            return self.by_line.get(comment.line, [])
        after = min((line for line in self.by_line if line > comment.line), default=None)
        return [] if after is None else self.by_line[after]

    def has_comments_below(self, target: KeyPath) -> bool:
        """Whether something inside a value has a comment on a line of its own."""
        origin = self.origin(target)
        lines = [self.anchors(comment) for comment in self.comments] if origin else []
        return any(origin not in anchors and _any_below(anchors, origin) for anchors in lines)

    def with_comments(self, lines: list[_Line]) -> Iterator[str]:
        """All lines, with all comments."""
        placed = _placed(self._lines_of(lines), [(c, self.anchors(c)) for c in self.comments])
        yield from placed.top
        for number, line in enumerate(lines):
            yield from (" " * line.indent + text for text in placed.above.get(number, ()))
            notes = "".join(f"  {text}" for text in placed.beside.get(number, ()))
            yield f"{' ' * line.indent}{line.text}{notes}"
        yield from placed.end

    def _lines_of(self, lines: list[_Line]) -> dict[KeyPath, int]:
        """The first line that comes from each part."""
        first: dict[KeyPath, int] = {}
        for number, line in enumerate(lines):
            if (origin := self.origin(line.target)) is not None:
                first.setdefault(origin, number)
        return first


class _Placed(NamedTuple):
    """Where comments go."""

    above: dict[int, list[str]]
    beside: dict[int, list[str]]
    top: list[str]
    end: list[str]


def _placed(
    first: Mapping[KeyPath, int], comments: Iterable[tuple[Comment, list[KeyPath]]]
) -> _Placed:
    placed = _Placed({}, {}, [], [])
    for comment, anchors in comments:
        numbers = [first[path] for path in anchors if path in first]
        if numbers:
            where = placed.above if comment.is_alone else placed.beside
            where.setdefault(min(numbers), []).append(comment.text)
        else:
            is_last = comment.is_alone and not anchors
            (placed.end if is_last else placed.top).append(comment.text)
    return placed


def _any_below(paths: Iterable[KeyPath], origin: KeyPath | None) -> bool:
    return origin is not None and any(path[: len(origin)] == origin for path in paths)


def _mapping(
    values: Mapping[str, Any], indent: int, target: KeyPath, places: _Places
) -> Iterator[_Line]:
    for key, value in values.items():
        yield from _entry(f"{word(key)}:", value, indent, (*target, key), places)


def _entry(head: str, value: Any, indent: int, target: KeyPath, places: _Places) -> Iterator[_Line]:
    """A key or a dash, and its value: on the same line if that is possible."""
    is_flow = not _is_assets(target, value) and not places.has_comments_below(target)
    flow = _flow(value, indent + len(head)) if is_flow else None
    if flow is not None:
        yield _Line(f"{head} {flow}", indent, target)
    elif isinstance(value, str):
        yield from _block_text(head, value, indent, target)
    elif head == "-":
        inner = list(_inner(value, indent + 2, target, places))
        yield _Line(f"- {inner[0].text}", indent, inner[0].target)
        yield from inner[1:]
    else:
        yield _Line(head, indent, target)
        yield from _inner(value, indent + 2, target, places)


def _is_assets(target: KeyPath, value: Any) -> bool:
    """Each asset has a line of its own."""
    return bool(value) and target[0] == "assets" and len(target) <= 2


def _inner(value: Any, indent: int, target: KeyPath, places: _Places) -> Iterator[_Line]:
    if isinstance(value, Mapping):
        yield from _mapping(value, indent, target, places)
    else:
        for number, part in enumerate(value):
            yield from _entry("-", part, indent, (*target, number), places)


def _block_text(head: str, value: str, indent: int, target: KeyPath) -> Iterator[_Line]:
    keep = "" if value.endswith("\n") else "-"
    yield _Line(f"{head} |{keep}", indent, target)
    for line in value.removesuffix("\n").split("\n"):
        yield _Line(line, indent + 2 if line else 0, ())


def _flow(value: Any, used: int) -> str | None:
    """A value on one line; None where it does not fit, or is better read on several."""
    if isinstance(value, str):
        return None if _is_literal(value) else _word(value)
    if isinstance(value, Mapping):
        parts = [(word(key), _flow(part, 0)) for key, part in value.items()]
        if any(part is None for _, part in parts):
            return None
        text = "{" + ", ".join(f"{key}: {part}" for key, part in parts) + "}"
    elif isinstance(value, list):
        items = [_flow(part, 0) for part in value]
        if None in items:
            return None
        text = f"[{', '.join(filter(None, items))}]"
    else:
        return json.dumps(value)
    return text if used + len(text) <= _WIDTH or not value else None


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else word(text)


def _is_literal(text: str) -> bool:
    """Whether it is best written as the lines that it has."""
    if "\n" not in text or text[:1] in (" ", "\n") or text.endswith("\n\n"):
        return False
    return all(map(_PRINTABLE.fullmatch, text.split("\n")))
