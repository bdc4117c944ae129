"""The graph for programs: every asset and every dependency, nothing collapsed.

The models are for the schema: within version 1, members may be added, but none is removed or
changes its meaning.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from pipes_projects.analysis.picture.model import Elsewhere, Picture, State
from pipes_projects.render.graph.drawing import draw
from pipes_projects.text.plain import json_text


class GraphNode(BaseModel):
    """An asset."""

    key: str
    """Its key, as in `deps`."""
    group: str
    """Its group; empty where none is known."""
    state: State | Elsewhere
    """As in the picture: see picture.schema.json."""
    facts: tuple[str, ...]
    """What is written beside it: `by` its partitions, `at` its schedule, `when` its condition
    holds; codes of its errors."""


class GraphEdge(BaseModel):
    """A dependency."""

    upstream: str
    """The key of the asset that is depended on."""
    downstream: str
    """The key of the asset that depends on it."""


class AssetGraph(BaseModel):
    """What `pipes-projects graph --format json` writes."""

    version: Literal[1]
    """The version of this shape."""
    has_errors: bool
    """Whether some manifests have errors."""
    nodes: tuple[GraphNode, ...]
    """Every asset, by group and key."""
    edges: tuple[GraphEdge, ...]
    """Every dependency between them."""


def render_graph_json(picture: Picture) -> str:
    """One object, with a line for each node and each edge."""
    drawing = draw(picture, most=len(picture.assets) + len(picture.others))
    nodes = (
        {"key": node.name, "group": node.group, "state": node.look, "facts": node.facts}
        for node in drawing.nodes
    )
    edges = (
        {
            "upstream": drawing.nodes[edge.upstream].name,
            "downstream": drawing.nodes[edge.downstream].name,
        }
        for edge in drawing.edges
    )
    parts = {"nodes": nodes, "edges": edges}
    lists = (
        f'"{name}": [{",".join(f"{chr(10)}{json_text(item, None)}" for item in items)}\n]'
        for name, items in parts.items()
    )
    head = f'"version": 1, "has_errors": {json_text(picture.has_errors)}'
    return f"{{{head}, {', '.join(lists)}}}\n"
