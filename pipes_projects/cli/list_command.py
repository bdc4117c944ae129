"""`pipes-projects list`: show the assets."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.project import compiled, layout_at
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.render.listing import (
    SWITCHED_OFF,
    render_json,
    render_table,
    runs_by_itself,
)


@click.command("list")
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(path: Path, as_json: bool) -> None:
    """Show the assets: group, kind, dependencies, owners, and where they are declared; partitions,
    schedules, automation conditions and checks where there are any.

    PATH is the project's folder, or any below it. What a manifest with errors validly says is
    listed too; the exit code is then 1, and `check` tells the errors.
    """
    compilation = compiled(layout_at(path))
    if as_json:
        hand_over(render_json(compilation.project))
    else:
        show(render_table(compilation.project))
    if not as_json and runs_by_itself(compilation.project):
        tell(SWITCHED_OFF)
    if compilation.has_errors:
        tell("some manifests have errors: see `pipes-projects check`")
        raise click.exceptions.Exit(1)
