"""The graph for Mermaid, as GitHub, GitLab and many wikis draw it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipes_projects.render.graph.drawing import LOOKS, Drawing, DrawnNode, Look

MOST_EDGES: Final = 499
"""Mermaid draws nothing at all from 500."""
MOST_LETTERS: Final = 50_000
"""Nor of a longer text."""
_PLAIN: Final = frozenset(" /_-.:,*")
_SHAPES: Final[dict[Look, tuple[str, str]]] = {
    "external": ("([", "])"),
    "python": ("[[", "]]"),
    "missing": ("([", "])"),
    "group": ("[(", ")]"),
}
_CLASSES: Final[dict[Look, str]] = {
    "runs": "fill:#eaf2fb,stroke:#3d6fa5,color:#1b1b1b",
    "external": "fill:#f4f4f4,stroke:#8a8a8a,color:#1b1b1b,stroke-dasharray:4",
    "quarantined": "fill:#fde7e7,stroke:#c22f2f,color:#1b1b1b,stroke-width:3px",
    "python": "fill:#fff6dc,stroke:#b58a1b,color:#1b1b1b",
    "unreadable": "fill:#fde7e7,stroke:#c22f2f,color:#1b1b1b,stroke-dasharray:4",
    "missing": "fill:#ffffff,stroke:#c22f2f,color:#1b1b1b,stroke-dasharray:2",
    "group": "fill:#e6efe6,stroke:#4c7a4c,color:#1b1b1b",
}


def render_mermaid(drawing: Drawing) -> str:
    """A flowchart from left to right, with a subgraph for each group."""
    return "".join(f"{line}\n" for line in _lines(drawing))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    grouped = drawing.groups()
    for number, (group, members) in enumerate(grouped.items()):
        yield f'  subgraph g{number}["{escaped(group)}"]'
        yield from (f"    {_node(at, drawing.nodes[at])}" for at in members)
        yield "  end"
    inside = {at for members in grouped.values() for at in members}
    for at, node in enumerate(drawing.nodes):
        if at not in inside:
            yield f"  {_node(at, node)}"
    for edge in drawing.edges:
        arrow = f"-->|{edge.weight}|" if edge.weight > 1 else "-->"
        yield f"  n{edge.upstream} {arrow} n{edge.downstream}"
    yield from _classes(drawing)
    if grouped:
        yield "  classDef band fill:none,stroke:#a9b2bb"
        yield f"  class {','.join(f'g{number}' for number in range(len(grouped)))} band"


def _node(at: int, node: DrawnNode) -> str:
    opening, closing = _SHAPES.get(node.look, ("[", "]"))
    label = "<br>".join(map(escaped, (node.name, *node.facts)))
    return f'n{at}{opening}"{label}"{closing}'


def _classes(drawing: Drawing) -> Iterator[str]:
    for look in drawing.looks:
        members = (f"n{at}" for at, node in enumerate(drawing.nodes) if node.look == look)
        yield f"  %% {look}: {LOOKS[look].partition(': ')[2] or LOOKS[look]}"
        yield f"  classDef {look} {_CLASSES[look]}"
        yield f"  class {','.join(members)} {look}"


def escaped(text: str) -> str:
    """Text that Mermaid shows as it is: everything that may mean something is a number.

    Signs within words, such as in keys, mean nothing.
    """
    ends = " " + text + " "
    return "".join(
        letter
        if letter.isalnum() or (letter in _PLAIN and _is_within(ends[at], ends[at + 2]))
        else f"#{ord(letter)};"
        for at, letter in enumerate(text)
    )


def _is_within(before: str, after: str) -> bool:
    return before.isalnum() and after.isalnum()
