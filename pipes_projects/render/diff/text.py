"""A difference for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipes_projects.analysis.diff.folding import folded
from pipes_projects.analysis.diff.model import Difference
from pipes_projects.render.diff.words import (
    HEADS,
    assets_of,
    causes,
    change_of,
    name_of,
    summary,
)
from pipes_projects.text.plain import brief, shown

_MOST: Final = 5
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _BLUE = "1", "2", "31", "32", "33", "34"


def render_text(difference: Difference, colour: bool = False) -> str:
    """A summary, and then each change with its place."""
    return "".join(f"{line}\n" for line in _Text(difference, colour).lines())


class _Text:
    def __init__(self, difference: Difference, colour: bool) -> None:
        self.difference, self.colour = difference, colour

    def paint(self, text: str, style: str) -> str:
        text = shown(brief(text))
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text else text

    def lines(self) -> Iterator[str]:
        yield self.paint(summary(self.difference), _BOLD)
        for part in (self.keys(), self.rows(), self.downstream()):
            lines = list(part)
            yield from ["", *lines] if lines else []

    def keys(self) -> Iterator[str]:
        for sign, style, assets in (
            ("+", _GREEN, self.difference.added),
            ("-", _RED, self.difference.removed),
        ):
            for asset in assets:
                yield f"{self.paint(f'{sign} {asset.key}', style)}  {self.paint(asset.path, _BLUE)}"
        for moved in self.difference.renamed:
            yield self.paint(f"> {moved.before} → {moved.key}", _YELLOW)

    def rows(self) -> Iterator[str]:
        last = None
        for row in folded(self.difference):
            if row.weight != last:
                yield from [] if last is None else [""]
                yield self.paint(f"{HEADS[row.weight]}:", _BOLD)
            last = row.weight
            name = self.paint(name_of(row), _YELLOW)
            change = self.paint(change_of(row), "")
            yield f"  {name}  {change}  {self.paint(row.place, _BLUE)}"
            yield f"    {self.paint(assets_of(row.keys, _MOST), _DIM)}"

    def downstream(self) -> Iterator[str]:
        for at, (keys, because) in enumerate(causes(self.difference)):
            if not at:
                yield self.paint("Made again because of what is upstream:", _BOLD)
            yield f"  {self.paint(assets_of(keys, _MOST), '')}"
            yield f"    {self.paint(f'because of {assets_of(because, _MOST)}', _DIM)}"
