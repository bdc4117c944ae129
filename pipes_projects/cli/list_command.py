"""`pipes-projects list`: show the assets."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.project import compiled, layout_at
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
    render = render_json if as_json else render_table
    click.echo(render(compilation.project), nl=False)
    if not as_json and runs_by_itself(compilation.project):
        click.echo(SWITCHED_OFF, err=True)
    if compilation.has_errors:
        click.echo("some manifests have errors: see `pipes-projects check`", err=True)
        raise click.exceptions.Exit(1)
