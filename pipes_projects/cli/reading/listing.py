"""`pipes-projects list`: show the assets."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.cli import FINDINGS
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import layout_at, part_of, pictured
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.render.listing import SWITCHED_OFF, render_table, runs_by_itself
from pipes_projects.render.picture.plain import render_json

EXAMPLE = """\b
Examples:
  $ pipes-projects list
  $ pipes-projects list | grep team:sales
  $ pipes-projects list --select 'group:sales and not tag:tier=gold'
  $ pipes-projects list --json | jq -r '.assets[].key'
"""


@click.command("list", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--select", "selection", metavar="SELECTION", help="Show these assets only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(path: Path, selection: str | None, as_json: bool) -> None:
    """Show the assets: group, kind, dependencies, owners, and where they are declared; also
    partitions, schedules, automation conditions and checks, if there are any. With --json, every
    value of every asset with its origin: see docs/seeing.md.

    PATH is the project's folder, or any folder inside it. On a terminal, the table is made to fit:
    long cells end in `…`, and columns without room are left out. Everything is shown when the
    output goes to a file or another program.

    SELECTION is in Dagster's language, such as `key:"sales/orders"+`, or the path of a script or a
    manifest: see docs/selection.md.

    Assets of a manifest with errors are listed as far as they are valid. One whose manifest cannot
    be read is listed under its file's name. STATE marks both.

    Exit codes: 0 listed, 1 listed, but some manifests have errors (see `check`), 2 wrong usage.
    """
    layout = layout_at(path)
    picture = pictured(layout)
    if selection is not None:
        picture = part_of(layout, picture, selection)
    with doing(f"listing {len(picture.assets):,} assets"):
        if as_json:
            hand_over(render_json(picture))
        else:
            _show(picture)
    if picture.has_errors:
        tell("some manifests have errors: see `pipes-projects check`")
        raise click.exceptions.Exit(FINDINGS)


def _show(picture: Picture) -> None:
    whole = table = render_table(picture)
    if sys.stdout is not None and sys.stdout.isatty():
        table = render_table(picture, get_terminal_size().columns)
    show(table)
    if table != whole:
        tell("shortened to fit the terminal: --json has everything")
    if runs_by_itself(picture):
        tell(SWITCHED_OFF)
