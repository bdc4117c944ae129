"""A table for people: columns as wide as their content, or as a terminal allows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from pipes_projects.text.width import width

_NARROWEST: Final = 10
_GAP: Final = 2


def fitted(
    rows: list[tuple[str, ...]], limit: int, whole: Collection[str], leave: Sequence[str]
) -> list[tuple[str, ...]]:
    """A table, its head first, in lines no wider than a limit.

    If it is too wide, columns are shortened, except for those in `whole`; if that is not enough,
    the columns in `leave` are left out, one after the other.
    """
    widths = dict(zip(rows[0], _widths(rows), strict=True))
    if _total(widths.values()) <= limit:
        return rows
    least = {
        name: wide if name in whole else min(wide, _NARROWEST) for name, wide in widths.items()
    }
    for name in leave:
        if _total(least.values()) > limit:
            least.pop(name, None)
    allowed = _narrowed({name: widths[name] for name in least}, least, limit)
    places = [at for at, name in enumerate(rows[0]) if name in allowed]
    return [tuple(_shortened(row[at], allowed[rows[0][at]]) for at in places) for row in rows]


def render_rows(rows: list[tuple[str, ...]]) -> str:
    """The table's lines."""
    widths = _widths(rows)
    padded = (
        [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        for row in rows
    )
    return "".join((" " * _GAP).join(cells).rstrip() + "\n" for cells in padded)


def _widths(rows: list[tuple[str, ...]]) -> list[int]:
    return [max(map(width, column)) for column in zip(*rows, strict=True)]


def _total(widths: Collection[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _narrowed(widths: dict[str, int], least: dict[str, int], limit: int) -> dict[str, int]:
    """Widths within the limit: the widest column gives way first, and a single one beyond its
    least."""
    while _total(widths.values()) > limit:
        name = max(widths, key=lambda column: (widths[column] > least[column], widths[column]))
        if widths[name] <= max(1, least[name] if len(widths) > 1 else 1):
            break
        widths = {**widths, name: widths[name] - 1}
    return widths


def _shortened(text: str, limit: int) -> str:
    if width(text) <= limit:
        return text
    while text and width(text) >= limit:
        text = text[:-1]
    return f"{text.rstrip()}…"
