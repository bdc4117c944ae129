"""A difference as the comment of a pull request or a merge request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipes_projects.analysis.diff.folding import ChangeRow, folded
from pipes_projects.analysis.diff.model import Difference
from pipes_projects.analysis.picture.model import Picture
from pipes_projects.render.diff.words import (
    HEADS,
    assets_of,
    causes,
    change_of,
    name_of,
    summary,
)
from pipes_projects.render.graph.drawing import MOST, draw
from pipes_projects.render.graph.mermaid import MOST_EDGES, MOST_LETTERS, render_mermaid
from pipes_projects.text.plain import markdown_code, shown

LONGEST: Final = 65_000
"""GitHub refuses comments of 65,536 characters."""
MARK: Final = "<!-- pipes-projects diff -->"
"""The first line, by which a comment is found again."""
_ROWS: Final = (400, 100, 30, 10, 3)
_LETTERS: Final = 160


def render_markdown(difference: Difference, head: Picture) -> str:
    """A summary, and below it folded tables and a drawing, as far as there is room."""
    drawn = "".join(f"{line}\n" for line in _graph(difference, head))
    for most in _ROWS:
        text = "".join(f"{line}\n" for line in _lines(difference, most))
        if len(text) + len(drawn) <= LONGEST:
            return text + drawn
    return text


def _lines(difference: Difference, most: int) -> Iterator[str]:
    yield MARK
    yield f"**Assets:** {summary(difference)}"
    sides = {"added": difference.added, "removed": difference.removed}
    keys = [
        f"| {word} | {_code(asset.key)} | {_code(asset.path)} |"
        for word, assets in sides.items()
        for asset in assets
    ]
    keys += [
        f"| renamed | {_code(moved.key)} | was {_code(moved.before)} |"
        for moved in difference.renamed
    ]
    yield from _folded("Added, removed and renamed", ("", "asset", ""), keys, most)
    rows = folded(difference)
    for weight, head in HEADS.items():
        cells = [_row(row) for row in rows if row.weight == weight]
        yield from _folded(head, ("value", "change", "where", "assets"), cells, most)
    stale = [
        f"| {_code(assets_of(keys, 5))} | {_code(assets_of(why, 5))} |"
        for keys, why in causes(difference)
    ]
    yield from _folded(
        "Made again because of what is upstream", ("assets", "because of"), stale, most
    )


def _row(row: ChangeRow) -> str:
    cells = (name_of(row), change_of(row), row.place, assets_of(row.keys, 5))
    return f"| {' | '.join(map(_code, cells))} |"


def _folded(title: str, heads: Sequence[str], rows: Sequence[str], most: int) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"<details><summary>{title} ({len(rows)})</summary>"
    yield ""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from rows[:most]
    if len(rows) > most:
        yield ""
        yield f"… and {len(rows) - most} more: `pipes-projects diff` shows them."
    yield ""
    yield "</details>"


def _code(text: str) -> str:
    """Text as code, which neither calls anybody nor links to anything; in a cell of a table."""
    text = shown(text)
    text = text if len(text) <= _LETTERS else f"{text[:_LETTERS]}…"
    return markdown_code(text).replace("|", "\\|")


def _graph(difference: Difference, head: Picture) -> Iterator[str]:
    """The changed assets, and what is next to them."""
    changed = {asset.key for asset in difference.added}
    changed |= {asset.key for asset in difference.changed}
    near = {key for edge in head.edges() if changed & {*edge} for key in edge} | changed
    drawing = draw(head.only(near))
    text = render_mermaid(drawing)
    few = len(drawing.nodes) <= MOST and len(drawing.edges) <= MOST_EDGES
    if not changed or not few or len(text) > MOST_LETTERS:
        return
    yield ""
    yield "<details><summary>What is near the changes</summary>"
    yield ""
    yield "```mermaid"
    yield from text.splitlines()
    names = [f"n{at}" for at, node in enumerate(drawing.nodes) if node.name in changed]
    if names:
        yield "  classDef changed stroke-width:4px,stroke:#b35900"
        yield f"  class {','.join(names)} changed"
    yield "```"
    yield ""
    yield "</details>"
