"""`pipes-projects count`: show how many assets each group has."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from pipes_projects.cli.project import compiled, layout_at
from pipes_projects.cli.streams import show

EXAMPLE = """\b
Examples:
  $ pipes-projects count
"""


@click.command("count", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
def command(path: Path) -> None:
    """Show how many assets each group has.

    PATH is the project's folder, or any folder inside it.

    Exit codes: 0 shown, 2 wrong usage.
    """
    groups = Counter(asset.group for asset in compiled(layout_at(path)).project.assets())
    show("".join(f"{group} {count}\n" for group, count in sorted(groups.items())))
