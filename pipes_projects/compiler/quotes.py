"""Findings that come from quotes of a word processor: to YAML, `“` is a letter like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import parse
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.source import Location, SourceFile

_MARKS: Final = frozenset("“”„‘’‚")
_OPENING: Final = ("“", "„", "‘", "‚", "”", "’")
_LONGEST: Final = 1000
"""Characters of a line: it is parsed twice."""
_PAIR: Final = re.compile(
    r"""(?:^|(?<=[\s\[{,]))(?:[“„”](?P<two>[^“”„"]*)[”“]|[‘‚’](?P<one>[^‘’‚']*)[’‘])"""
)
_OTHERS: Final = frozenset({Code.REPEATED_KEY, Code.DUPLICATE_ASSET, Code.DUPLICATE_MANIFEST})
"""Here something else is wrong, whatever the quotes."""


def with_quotes(finding: Diagnostic, texts: Mapping[str, SourceFile]) -> Diagnostic:
    """The finding; if such a quote is at fault, its help says so."""
    source = texts.get(finding.location.path)
    if source is None or not finding.is_error or finding.code in _OTHERS:
        return finding
    line = source.line(finding.location.span.start.line)
    if _MARKS.isdisjoint(line):
        return finding
    if finding.code is Code.YAML_SYNTAX:
        mark = _in_line(line.strip())
        return finding._replace(help=_about(mark)) if mark else finding
    mark = _around(_text_at(finding.location, source))
    more = f"; {finding.help}" if finding.help else ""
    return finding._replace(help=f"{_about(mark)}{more}") if mark else finding


def _about(mark: str) -> str:
    return f"""to YAML, `{mark}` is no quote: use `"` or `'`"""


def _text_at(location: Location, source: SourceFile) -> str:
    start, end = map(source.index, location.span)
    return source.text[start:end]


def _around(text: str) -> str | None:
    """The quote that a word or a text begins with."""
    return text[0] if text.startswith(_OPENING) else None


def _in_line(line: str) -> str | None:
    """The quote in a line that is right by itself as soon as its quotes are those of YAML."""
    first = _PAIR.search(line) if len(line) <= _LONGEST else None
    if first is None or not _is_wrong(line) or _is_wrong(_PAIR.sub(_right, line)):
        return None
    return first[0][0]


def _is_wrong(line: str) -> bool:
    return bool(parse(SourceFile("", line)).diagnostics)


def _right(pair: re.Match[str]) -> str:
    return f'"{pair["two"]}"' if pair["two"] is not None else f"'{pair['one']}'"
