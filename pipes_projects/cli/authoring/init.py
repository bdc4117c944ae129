"""`pipes-projects init`: create a project that runs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from shlex import quote

import click

from pipes_projects.cli.editor.settings import wire
from pipes_projects.cli.project import layout_at, refresh_keys
from pipes_projects.cli.streams import say, show, tell
from pipes_projects.layout import Layout
from pipes_projects.scaffold.files import write_new
from pipes_projects.scaffold.project import project_files

EXAMPLE = """\b
Examples:
  $ pipes-projects init my_project
  $ cd existing_project && pipes-projects init
"""
CHECK, NEW = "pipes-projects check", "pipes-projects new example/goodbye --dep example/hello"
INSTALL, DEV = 'pip install "pipes-projects[ui]"', "dagster dev -f definitions.py"


@click.command("init", epilog=EXAMPLE)
@click.argument("folder", default=".", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """Create a project that runs in FOLDER (by default the current one).

    It gets definitions.py, an asset in defs/example/, the schemas for editors, settings for VS
    Code, a .gitignore, and a README for the people who write scripts. Existing files are not
    changed, except that missing settings are added to those of editors and Git.
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
    for line in _next(folder, layout):
        tell(f"  {line}")


def _next(folder: Path, layout: Layout) -> list[str]:
    """Commands that work one after another; Dagster's UI is a separate package."""
    enter = [] if folder == Path() else [f"cd {quote(str(folder))}"]
    install = [] if find_spec("dagster_webserver") else [INSTALL]
    is_made = (layout.root / layout.defs / "example/goodbye.yaml").exists()
    return [*enter, CHECK, *([] if is_made else [NEW]), *install, DEV]
