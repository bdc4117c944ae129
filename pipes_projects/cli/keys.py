"""The keys that editors complete, written by several commands."""

from __future__ import annotations

import click

from pipes_projects.cli.project import compiled
from pipes_projects.layout import Layout
from pipes_projects.schema.asset_keys import write_keys


def refresh_keys(layout: Layout) -> None:
    """Write them where that is not the task of the command: what goes wrong does not end it."""
    try:
        if write_keys(layout, compiled(layout).project):
            click.echo(f"{layout.asset_keys} is written: commit it", err=True)
    except (click.UsageError, OSError, ValueError) as error:
        said = error.message if isinstance(error, click.UsageError) else error
        click.echo(f"{layout.asset_keys} is not up to date: {said}", err=True)
