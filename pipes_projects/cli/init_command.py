"""`pipes-projects init`: make a project that runs."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.editor_settings import wire
from pipes_projects.cli.project import layout_at, refresh_keys
from pipes_projects.cli.streams import say, show, tell
from pipes_projects.scaffold.files import write_new
from pipes_projects.scaffold.project import project_files


@click.command("init")
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Make a project that runs in FOLDER (by default the current one).

    It gets definitions.py, an asset in defs/example/, the schema for editors, settings for VS Code,
    a .gitignore and a README for those who write scripts. Files that are there already stay as
    they are, but that settings for editors and git get what is missing in them.
    """
    written = write_new(folder, project_files())
    layout = layout_at(folder)
    for path in written.fresh:
        say(f"wrote {path}")
    for path in written.kept:
        say(f"kept  {path}, which was there already")
    wire(folder, layout.defs)
    refresh_keys(layout)
    show("\nnext:\n", err=True)
    if folder != Path():
        tell(f"  cd {folder}")
    for line in ("pipes-projects check", "pipes-projects new example/goodbye --dep example/hello"):
        tell(f"  {line}")
    tell("  dagster dev -f definitions.py")
