"""Text in scripts that is exactly the key of an asset, and may have to change with it."""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.source import SourceFile

_MOST: Final = 1_000_000
_STRING: Final = re.compile(
    r"(?P<prefix>[rRuU]?)(?P<quote>'''|\"\"\"|'|\")(?P<body>.*)(?P=quote)", re.S
)
_QUOTE: Final = re.compile(r"['\"\\\r\n]")
_QUOTED: Final = re.compile(r"(?<![\w\\'\"])(['\"])([^'\"\\\r\n]+)\1(?!['\"])")
_PLAIN: Final = re.compile(r"[^'\"\\\r\n]+")


class Literal(NamedTuple):
    """A key in quotes, in a script."""

    path: str
    line: int
    """Counted from 1."""
    start: int
    end: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.old}"


def script_texts(
    root: Path, defs: str, paths: Iterable[str], endings: frozenset[str]
) -> Iterator[SourceFile]:
    """The scripts that manifests run, and all other files below `defs` with the ending of a
    script."""
    below = (path for path in _below(root, defs) if os.path.splitext(path)[1] in endings)
    return texts_of(root, {*paths, *below})


def texts_of(root: Path, paths: Iterable[str]) -> Iterator[SourceFile]:
    """Those of the files that can be read as text."""
    for path in sorted(paths):
        file = root / path
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST:
                continue
            yield SourceFile(path, file.read_bytes().decode())
        except (OSError, ValueError):
            continue


def _below(root: Path, defs: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root / defs):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        above = Path(folder).relative_to(root).as_posix()
        yield from (f"{above}/{name}" for name in names)


def literals(source: SourceFile, keys: Mapping[str, str]) -> Iterator[Literal]:
    """Where a script has one of the keys in quotes, and nothing else in them."""
    if keys.keys().isdisjoint(_QUOTE.split(source.text)):
        return
    find = _in_python if source.path.endswith(".py") else _in_others
    for start, end in find(source, keys):
        old = source.text[start:end]
        if _PLAIN.fullmatch(keys[old]):
            line = source.position(start).line + 1
            yield Literal(source.path, line, start, end, old, keys[old])


def replaced(text: str, found: Iterable[Literal]) -> str:
    """The text of a script, with the new keys in it."""
    for literal in sorted(found, key=lambda literal: literal.start, reverse=True):
        text = text[: literal.start] + literal.new + text[literal.end :]
    return text


def _in_python(source: SourceFile, keys: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """By Python's own rules: not in comments, in longer text, or in formatted strings."""
    tokens = list(_tokens(source.text))
    is_text = [False, *(token.type == tokenize.STRING for token in tokens), False]
    for number, token in enumerate(tokens, 1):
        alone = is_text[number] and not (is_text[number - 1] or is_text[number + 1])
        match = _STRING.fullmatch(token.string) if alone else None
        if match and match["body"] in keys:
            row, column = token.start
            start = source.line_starts[row - 1] + column + match.start("body")
            yield start, start + len(match["body"])


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    unseen = (tokenize.COMMENT, tokenize.NL)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type not in unseen:
                yield token
    except (tokenize.TokenError, SyntaxError):
        return


def _in_others(source: SourceFile, keys: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    for match in _QUOTED.finditer(source.text):
        if match[2] in keys:
            yield match.span(2)
