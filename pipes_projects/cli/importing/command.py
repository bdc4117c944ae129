"""`pipes-projects import`, and its commands, each imported when it is called."""

from __future__ import annotations

import click

from pipes_projects.cli.commands import Commands

_COMMANDS = {"dg": ("dg", "Write manifests for the script components of a `dg` project.")}
"""The module and the summary of each command, by its name."""

EXAMPLE = """\b
Examples:
  $ pipes-projects import dg
  $ pipes-projects import dg --dry-run
"""


@click.group(
    "import",
    cls=Commands,
    package=__name__.rpartition(".")[0],
    table=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLE,
)
def command() -> None:
    """Write manifests for scripts that are declared elsewhere.

    The originals are left as they are, and existing files are not changed.
    """
