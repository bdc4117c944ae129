"""`pipes-projects new`: add a script and its manifest."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.project import layout_at, refresh_keys
from pipes_projects.cli.streams import say
from pipes_projects.scaffold.asset import InvalidNameError, asset_files
from pipes_projects.scaffold.files import write_new


@click.command("new")
@click.argument("name", metavar="GROUP/ASSET")
@click.option("--dep", "deps", multiple=True, metavar="KEY", help="An upstream asset; repeatable.")
def command(name: str, deps: tuple[str, ...]) -> None:
    """Add a Python script and its manifest: defs/GROUP/ASSET.py and .yaml.

    The group is made if it is new. Nothing that is there already is changed, but for the keys that
    editors complete (schemas/asset-keys.json), where the project has a contract.
    """
    layout = layout_at(Path())
    try:
        texts = asset_files(name, layout, deps)
    except InvalidNameError as error:
        raise click.UsageError(str(error)) from None
    twins = (path.replace(".yaml", ".yml") for path in texts)
    taken = [path for path in dict.fromkeys((*texts, *twins)) if (layout.root / path).exists()]
    if taken:
        raise click.UsageError(f"{', '.join(taken)} is there already")
    for path in write_new(layout.root, texts).fresh:
        say(f"wrote {path.relative_to(layout.root).as_posix()}")
    if layout.contract.exists():
        refresh_keys(layout)
