"""`pipes-projects graph`: show what is made from what."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from shutil import get_terminal_size
from typing import Final

import click

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.cli import FINDINGS
from pipes_projects.cli.arguments import selection_and_path
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import layout_at, part_of, pictured, wants_colour
from pipes_projects.cli.streams import hand_over, show_painted, tell
from pipes_projects.render.graph.dot import NotDrawnError, render_dot, render_svg
from pipes_projects.render.graph.drawing import Drawing, draw
from pipes_projects.render.graph.graph_json import render_graph_json
from pipes_projects.render.graph.mermaid import MOST_EDGES, MOST_LETTERS, render_mermaid
from pipes_projects.render.graph.text import render_text
from pipes_projects.spelling import similar

EXAMPLE = """\b
Examples:
  $ pipes-projects graph
  $ pipes-projects graph '+key:"sales/orders"+'
  $ pipes-projects graph --expand sales --format svg > sales.svg
"""


@click.command("graph", epilog=EXAMPLE)
@selection_and_path
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "dot", "svg", "json"]),
    default="text",
    help="What is written to standard output.",
)
@click.option(
    "--expand",
    multiple=True,
    metavar="GROUP",
    help="Show the assets of this group in a graph of more than sixty; repeatable.",
)
def command(selection: str, path: Path, form: str, expand: tuple[str, ...]) -> None:
    """Show what is made from what.

    SELECTION is the path of a script or a manifest, or in Dagster's language: `+group:marts`,
    `key:"sales/orders"+`; see docs/selection.md. Without it, the whole project is shown. PATH is
    the project's folder, or any folder inside it.

    If there are more than sixty assets, each group is shown as one, with the number of its assets;
    --expand shows those of a group. JSON has every asset: see docs/seeing.md.

    SVG is drawn by Graphviz, which must be installed; Mermaid draws fewer than 500 dependencies.

    Exit codes: 0 shown, 1 shown, but some manifests have errors (see `check`), 2 wrong usage.
    """
    layout = layout_at(path)
    picture = pictured(layout)
    _refuse_unknown(expand, picture)
    if selection:
        picture = part_of(layout, picture, selection)
    with doing("drawing the graph"):
        if form == "json":
            hand_over(render_graph_json(picture))
        else:
            _FORMATS[form](draw(picture, expand))
    if picture.has_errors:
        tell("some manifests have errors: see `pipes-projects check`")
        raise click.exceptions.Exit(FINDINGS)


def _refuse_unknown(groups: tuple[str, ...], picture: Picture) -> None:
    known = dict.fromkeys(shown.asset.group for shown in picture.assets)
    known |= dict.fromkeys(other.group for other in picture.others if other.group)
    for group in groups:
        if group not in known:
            hint = similar(group, known, "a group") or "`pipes-projects list` shows them"
            raise click.UsageError(f"no group is called `{group}`; {hint}")


def _text(drawing: Drawing) -> None:
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    limit = get_terminal_size().columns if is_terminal else None
    show_painted(render_text(drawing, limit, wants_colour()))
    if not drawing.nodes:
        tell("there are no assets yet: `pipes-projects new GROUP/ASSET` adds one")
    if drawing.collapsed:
        tell(f"groups are shown as one: `--expand {drawing.collapsed[0]}` shows its assets")


_LESS: Final = "select fewer assets, expand fewer groups, or use another format"


def _mermaid(drawing: Drawing) -> None:
    if len(drawing.edges) > MOST_EDGES:
        raise click.UsageError(
            f"Mermaid draws no more than {MOST_EDGES} dependencies, and here are"
            f" {len(drawing.edges)}: {_LESS}"
        )
    text = render_mermaid(drawing)
    if len(text) > MOST_LETTERS:
        raise click.UsageError(
            f"Mermaid reads no more than {MOST_LETTERS:,} letters, and this graph takes"
            f" {len(text):,}: {_LESS}"
        )
    hand_over(text, "lines")


def _dot(drawing: Drawing) -> None:
    hand_over(render_dot(drawing), "lines")


def _svg(drawing: Drawing) -> None:
    try:
        hand_over(render_svg(drawing), "xml")
    except NotDrawnError as error:
        raise click.UsageError(str(error)) from None


_FORMATS: Final[dict[str, Callable[[Drawing], None]]] = {
    "text": _text,
    "mermaid": _mermaid,
    "dot": _dot,
    "svg": _svg,
}
