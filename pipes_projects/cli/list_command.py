"""`pipes-projects list`: show the assets."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.project import compiled, layout_at
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.project import Project
from pipes_projects.render.listing import (
    SWITCHED_OFF,
    render_json,
    render_table,
    runs_by_itself,
)

EXAMPLE = """\b
Examples:
  $ pipes-projects list
  $ pipes-projects list | grep team:sales
  $ pipes-projects list --json | jq -r '.assets[].key'
"""


@click.command("list", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def command(path: Path, as_json: bool) -> None:
    """Show the assets: group, kind, dependencies, owners, and where they are declared; also
    partitions, schedules, automation conditions and checks, if there are any.

    PATH is the project's folder, or any folder inside it. On a terminal, the table is made to fit:
    long cells end in `…`, and columns without room are left out. Everything is shown when the
    output goes to a file or another program.

    Assets of a manifest with errors are listed as far as they are valid.

    Exit codes: 0 listed, 1 listed, but some manifests have errors (see `check`), 2 wrong usage.
    """
    compilation = compiled(layout_at(path))
    if as_json:
        hand_over(render_json(compilation.project))
    else:
        _show(compilation.project)
    if compilation.has_errors:
        tell("some manifests have errors: see `pipes-projects check`")
        raise click.exceptions.Exit(FINDINGS)


def _show(project: Project) -> None:
    whole = table = render_table(project)
    if sys.stdout is not None and sys.stdout.isatty():
        table = render_table(project, get_terminal_size().columns)
    show(table)
    if table != whole:
        tell("shortened to fit the terminal: --json has everything")
    if runs_by_itself(project):
        tell(SWITCHED_OFF)
