"""The graph for a terminal: a line for each node, and at its left what it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipes_projects.render.graph.drawing import LOOKS, Drawing, DrawnNode, Look
from pipes_projects.render.graph.lanes import Mark, Row, rows
from pipes_projects.render.graph.order import in_order
from pipes_projects.text.plain import shown, spelt
from pipes_projects.text.width import width

MOST_LANES: Final = 40
"""Where the width is not limited."""
_NARROWEST: Final = 24
"""How many columns names get at least, if there are as many."""
_MOST_NAMES: Final = 3
_BOLD, _DIM = "1", "2"
_LINES: Final = ("36", "35", "34", "32", "33")


_Words = list[tuple[str, str]]
"""Texts, each with its style."""


class _Signs(NamedTuple):
    """What lines and nodes are made of."""

    lines: str
    """By directions: up 1, down 2, left 4, right 8."""
    nodes: dict[Look, str]
    from_: str


_DRAWN: Final = _Signs(
    " ╵╷│╴╯╮┤╶╰╭├─┴┬┼",
    {
        "runs": "●",
        "external": "◇",
        "quarantined": "✗",
        "python": "○",
        "unreadable": "✗",
        "missing": "?",
        "group": "■",
    },
    "←",
)
_TYPED: Final = _Signs(
    " |||-+++-+++-+++",
    {
        "runs": "*",
        "external": "o",
        "quarantined": "x",
        "python": "@",
        "unreadable": "x",
        "missing": "?",
        "group": "=",
    },
    "<-",
)
_STYLES: Final[dict[Look, str]] = {
    "runs": "32",
    "external": "2",
    "quarantined": "31",
    "python": "33",
    "unreadable": "31",
    "missing": "31",
    "group": "34",
}


def render_text(drawing: Drawing, limit: int | None = None, colour: bool = False) -> str:
    """Lines no wider than a limit, if there is one; each node is below what it depends on."""
    return "".join(f"{line}\n" for line in _Text(drawing, limit, colour).lines())


class _Text:
    def __init__(self, drawing: Drawing, limit: int | None, colour: bool) -> None:
        self.drawing, self.limit, self.colour = drawing, limit, colour
        most = max(1, (limit - _NARROWEST) // 2) if limit else MOST_LANES
        self.rows = list(rows(drawing, in_order(drawing), min(most, MOST_LANES)))
        self.wide = max((len(row.marks) for row in self.rows), default=0)
        every = _DRAWN.lines + _DRAWN.from_ + "".join(_DRAWN.nodes.values())
        self.signs = _DRAWN if spelt(every) == every else _TYPED

    def lines(self) -> Iterator[str]:
        groups = self.drawing.groups()
        last: tuple[str | None, int] = (None, -1)
        for row in self.rows:
            node = self.drawing.nodes[row.node]
            is_new = bool(groups) and node.look != "group" and node.group != last[0]
            if is_new:
                yield self._head(row, [(shown(node.group) or "(no group)", _BOLD)])
            elif row.column == last[1] and row.marks[row.column].up:
                yield self._head(row, [])  # or one could not tell it from two that have no line
            last = node.group, row.column
            yield self._line(row, node)
        yield from self._legend()

    def _head(self, row: Row, label: _Words) -> str:
        """A line above a row, through which the lines pass."""
        marks = [Mark(up=lane >= 0, down=lane >= 0, of=lane) for lane in row.through]
        return self._joined(marks, label)

    def _line(self, row: Row, node: DrawnNode) -> str:
        label = [(shown(node.name), "" if node.look == "runs" else _STYLES[node.look])]
        label += [(shown(fact), _DIM) for fact in node.facts]
        for nodes, where in ((row.named, ""), (row.below, " below")):
            if nodes:
                label.append((f"{self.signs.from_} {self._named(nodes)}{where}", _DIM))
        return self._joined(row.marks, label, node)

    def _named(self, nodes: Sequence[int]) -> str:
        names = [shown(self.drawing.nodes[at].name) for at in nodes[:_MOST_NAMES]]
        more = [f"{rest} more"] if (rest := len(nodes) - len(names)) else []
        return ", ".join([*names, *more])

    def _joined(self, marks: Sequence[Mark], label: _Words, node: DrawnNode | None = None) -> str:
        padded = [*marks, *[Mark()] * (self.wide - len(marks))]
        lines = "".join(self._sign(mark, node) + self._after(mark) for mark in padded)
        indent = "  " if node and self.drawing.groups() else ""
        return f"{lines}{indent}{self._cut(label, 2 * self.wide + len(indent))}".rstrip()

    def _sign(self, mark: Mark, node: DrawnNode | None) -> str:
        if mark.is_node and node:
            return self._paint(self.signs.nodes[node.look], _STYLES[node.look])
        sign = self.signs.lines[mark.up + 2 * mark.down + 4 * mark.left + 8 * mark.right]
        return self._paint(sign, _LINES[mark.of % len(_LINES)] if mark.of >= 0 else "")

    def _after(self, mark: Mark) -> str:
        return self.signs.lines[12] if mark.right or mark.under else " "

    def _cut(self, label: _Words, start: int) -> str:
        """As many of the words as there is room for; at least the beginning of the first."""
        room = self.limit - start if self.limit else None
        parts: list[str] = []
        for text, style in label:
            gap = "  " if parts else ""
            kept = text if room is None else _fitted(text, room - len(gap), least=6 if gap else 1)
            parts += [gap + self._paint(kept, style)] if kept else []
            room = None if room is None else room - len(gap) - width(kept)
        return "".join(parts)

    def _legend(self) -> Iterator[str]:
        looks = self.drawing.looks
        if looks in ((), ("runs",)):
            return
        yield ""
        for look in looks:
            sign = self._paint(self.signs.nodes[look], _STYLES[look])
            yield f"{sign} {self._cut([(LOOKS[look], _DIM)], 2)}"

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text.strip() else text


def _fitted(text: str, room: int, least: int) -> str:
    """The text, or its beginning; nothing where that would be shorter than the least."""
    if width(text) <= room:
        return text
    while text and width(text) >= room:
        text = text[:-1]
    return f"{text.rstrip()}…" if len(text) >= least else ""
