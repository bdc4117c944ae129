"""The graph for Graphviz, and by Graphviz as SVG."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from pipes_projects.render.graph.drawing import LOOKS, Drawing, DrawnNode, Look
from pipes_projects.text.plain import shown

SECONDS: Final = 120
_LINE: Final = 36
_FONT: Final = 'fontname="Helvetica,Arial,sans-serif"'
_LOOKS: Final[dict[Look, str]] = {
    "runs": 'fillcolor="#eaf2fb", color="#3d6fa5"',
    "external": 'fillcolor="#f4f4f4", color="#8a8a8a", style="filled,rounded,dashed"',
    "quarantined": 'fillcolor="#fde7e7", color="#c22f2f", penwidth=2',
    "python": 'fillcolor="#fff6dc", color="#b58a1b"',
    "unreadable": 'fillcolor="#fde7e7", color="#c22f2f", style="filled,rounded,dashed"',
    "missing": 'fillcolor="#ffffff", color="#c22f2f", style="filled,rounded,dotted"',
    "group": 'fillcolor="#e6efe6", color="#4c7a4c", shape=folder, style=filled',
}


class NotDrawnError(Exception):
    """Why there is no SVG, and what to do about it."""


def render_dot(drawing: Drawing) -> str:
    """A directed graph, from left to right, with a cluster for each group."""
    return "".join(f"{line}\n" for line in _lines(drawing))


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph assets {"
    yield f"  graph [rankdir=LR, ranksep=0.7, nodesep=0.18, {_FONT}, fontsize=11]"
    yield f'  node [shape=box, style="filled,rounded", {_FONT}, fontsize=11, margin="0.12,0.06"]'
    yield f'  edge [color="#7a8794", arrowsize=0.6, {_FONT}, fontsize=9]'
    grouped = drawing.groups()
    for number, (group, members) in enumerate(grouped.items()):
        yield f"  subgraph cluster_{number} {{"
        yield f'    graph [label={_quoted([group])}, style="rounded", color="#c5ccd3"]'
        yield from (f"    {_node(at, drawing.nodes[at])}" for at in members)
        yield "  }"
    inside = {at for members in grouped.values() for at in members}
    for at, node in enumerate(drawing.nodes):
        if at not in inside:
            yield f"  {_node(at, node)}"
    for edge in drawing.edges:
        count = f" [label={edge.weight}]" if edge.weight > 1 else ""
        yield f"  n{edge.upstream} -> n{edge.downstream}{count}"
    if drawing.looks not in ((), ("runs",)):
        yield from _legend(drawing)
    yield "}"


def _node(at: int, node: DrawnNode) -> str:
    label = _quoted([*_wrapped(node.name), *(line for fact in node.facts for line in wrap(fact))])
    return f"n{at} [label={label}, tooltip={_quoted([node.name])}, {_LOOKS[node.look]}]"


def _legend(drawing: Drawing) -> Iterator[str]:
    yield "  subgraph cluster_legend {"
    yield '    graph [label="what is what", style="rounded,dashed", color="#c5ccd3"]'
    for look in drawing.looks:
        yield f"    legend_{look} [label={_quoted([LOOKS[look]])}, fontsize=9, {_LOOKS[look]}]"
    yield "  }"


def _wrapped(name: str) -> list[str]:
    return [name[at : at + _LINE] for at in range(0, len(name), _LINE)] or [""]


def _quoted(lines: list[str]) -> str:
    """Text that Graphviz shows as it is: it would read escapes and entities in it."""
    plain = (
        shown(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
        for line in lines
    )
    return '"' + "\\n".join(plain) + '"'


def render_svg(drawing: Drawing) -> str:
    """What `dot` draws; raises `NotDrawnError` where it is not installed, or fails."""
    program = _program()
    try:
        done = subprocess.run(
            [program, "-Tsvg"],
            input=render_dot(drawing).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotDrawnError(f"`dot` has not drawn it within {SECONDS} seconds: {_LESS}") from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise NotDrawnError(f"`dot` fails: {said or 'it says nothing'}")
    return done.stdout.decode("utf-8")


_LESS: Final = "select fewer assets, or leave out `--expand`"


def _program() -> str:
    """The path of dot, never in the folder that it is started in."""
    folders = filter(os.path.isabs, os.get_exec_path())
    files = (shutil.which("dot", path=folder) for folder in folders)
    program = next((file for file in files if file and os.path.isabs(file)), None)
    if program is None:
        raise NotDrawnError(
            "SVG is drawn by Graphviz, which is not here: install it (`apt install graphviz`,"
            " `brew install graphviz`), or use `--format mermaid`"
        )
    return program
