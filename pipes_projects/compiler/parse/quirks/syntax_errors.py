"""What a YAML parser finds wrong with a text, in the words of people who write manifests."""

from __future__ import annotations

import re
from typing import NamedTuple


class Sentence(NamedTuple):
    """What we say about a mistake in a text's syntax."""

    message: str
    help: str | None = None
    at_start: bool = False
    """Whether to point to where the parser began the value, rather than where it gave up."""


_QUOTE_ALL = "put the whole text in quotes"
ALIKE = "keys of one mapping, and items of one list, begin in the same column"

# By what the parser says, its context and its problem; the first match counts. `{0}` is a group.
_SENTENCES = (
    (r"'\\t'", Sentence("a tab cannot be used here", "write spaces instead")),
    (
        "mapping values are not allowed",
        Sentence(
            "a `:` is not expected here", "indent keys equally, and quote text that contains `: `"
        ),
    ),
    (
        "quoted scalar.*unknown escape character '(.+)'",
        Sentence(r"`\{0}` is not an escape of double quotes", "use single quotes"),
    ),
    (
        "quoted scalar.*escape sequence",
        Sentence("this escape of double quotes is not complete", "use single quotes"),
    ),
    ("quoted scalar", Sentence("this quote is not closed", "close it", True)),
    (
        "flow sequence",
        Sentence("this `[` is not closed", "close it; `,` separates the items", True),
    ),
    (
        "flow mapping",
        Sentence("this `{{` is not closed", "close it; `,` separates the entries", True),
    ),
    ("flow node.*stream end", Sentence("a `[` or `{{` above is not closed", "close it")),
    (
        r"block end.*'(<scalar>|<alias>|[]},])'|document start",
        Sentence("this is not expected after a value", f"remove it, or {_QUOTE_ALL}"),
    ),
    (
        "block end|expected key|block collection",
        Sentence("this does not fit in with the lines above it", ALIKE),
    ),
    ("simple key", Sentence("a `:` is missing after this key", "write `key: value`", True)),
    ("character '(.+)' that cannot start", Sentence("text cannot begin with `{0}`", _QUOTE_ALL)),
    (
        "node content, but found '(.)'",
        Sentence("`{0}` is not expected here", f"remove it, or {_QUOTE_ALL}"),
    ),
    (
        "sequence entries are not allowed",
        Sentence("a list cannot begin here", "begin it on the next line, or write `[a, b]`"),
    ),
    ("block scalar", Sentence("text after `|` and `>` begins on the next line", _QUOTE_ALL)),
    ("anchor|alias", Sentence("`&` and `*` are for anchors, which have names", _QUOTE_ALL)),
    ("tag", Sentence("tags such as `!name` are not supported", _QUOTE_ALL)),
    ("directive", Sentence("lines that begin with `%` are not supported", "remove the line")),
)


def sentence(context: str | None, problem: str | None) -> Sentence:
    """What we say when the parser says this."""
    complaint = " ".join(f"{context or ''} {problem or ''}".split())
    for pattern, wording in _SENTENCES:
        if found := re.search(pattern, complaint):
            return wording._replace(message=wording.message.format(*found.groups()))
    plain = complaint.replace("<", "").replace(">", "")
    return Sentence(f"this is not YAML: {plain}" if plain else "this is not YAML")
