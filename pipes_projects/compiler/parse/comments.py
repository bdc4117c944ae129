"""The comments of a YAML text, which data do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_COMMENT = re.compile(r"#[^\r\n]*")
_BREAK = re.compile(r"\r\n?|\n")


class Comment(NamedTuple):
    """A comment, and where it is."""

    document: int
    """Which of the documents of the text it is in, counted from zero."""
    line: int
    """Counted from zero."""
    text: str
    """With its `#`."""
    is_alone: bool
    """Whether nothing else is on its line."""


def comments(text: str) -> list[Comment]:
    """The comments in their order; none where the text is no YAML."""
    try:
        return list(_comments(text))
    except YAMLError:
        return []


def _comments(text: str) -> Iterator[Comment]:
    """A comment is what there is between two tokens, apart from blanks."""
    document, end, has_content = 0, 0, False
    for token in YAML(typ="safe", pure=True).scan(text):
        name = type(token).__name__
        yield from _between(text, end, token.start_mark.index, document)
        if name == "DocumentStartToken":
            document += has_content
        has_content = has_content or name not in ("StreamStartToken", "DocumentStartToken")
        end = max(end, token.end_mark.index)
    yield from _between(text, end, len(text), document)


def _between(text: str, start: int, end: int, document: int) -> Iterator[Comment]:
    for found in _COMMENT.finditer(text, start, end):
        line_start = max(text.rfind("\n", 0, found.start()), text.rfind("\r", 0, found.start())) + 1
        line = len(_BREAK.findall(text, 0, line_start))
        is_alone = not text[line_start : found.start()].strip()
        yield Comment(document, line, found[0].rstrip(), is_alone)
