"""`pipes-projects deploy`, and its commands, each imported when it is called."""

from __future__ import annotations

import click

from pipes_projects.cli.commands import Commands

_COMMANDS = {
    "plan": ("plan", "Show what `up` would ship, replace and remove, and why."),
    "up": ("up", "Ship what has changed since it was shipped last."),
    "down": ("down", "Take a branch's deployment down."),
    "list": ("listing", "Show which branches are deployed, and since when."),
    "show": ("showing", "Show the versions of a branch's deployment, and where scripts are."),
    "gc": ("gc", "Remove what branches have left behind."),
    "unlock": ("unlock", "Show who holds a deployment's lock, and break it."),
}
"""The module and the summary of each command, by its name."""

EXAMPLE = """\b
Examples:
  $ pipes-projects deploy plan
  $ pipes-projects deploy up
  $ pipes-projects deploy up --target dev --branch feature/x
  $ pipes-projects deploy up --to 6
  $ pipes-projects deploy gc --dry-run
"""


@click.group(
    "deploy",
    cls=Commands,
    package=__name__.rpartition(".")[0],
    table=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLE,
)
def command() -> None:
    """Ship scripts to where they run, branch by branch.

    The file deploy.py beside definitions.py says where: each deployer in it is a deployment. With
    `from pipes_projects.deploy import ship_to`, `dev = ship_to("s3://company/dev")` is one that
    ships each script, with everything it imports, to a storage or a repository of Git; `@deployer`
    turns a function of your own into one. What was shipped, from which commit, and by whom, is
    recorded there too.

    The branch is the one that Dagster+, a CI system or Git names; `--branch` overrides it.
    """
