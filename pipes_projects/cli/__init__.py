"""The command line: one module per command, imported when the command is called."""

from __future__ import annotations

import os
import sys

import click

from pipes_projects import __version__
from pipes_projects.cli.commands import Commands
from pipes_projects.cli.streams import show, tell, tell_refusal
from pipes_projects.layout import LayoutError

FINDINGS, USAGE, BUG, STOPPED = 1, 2, 3, 130

_COMMANDS = {
    "check": ("check.command", "Find what is wrong with the manifests."),
    "list": ("list_command", "Show the assets: group, kind, dependencies, owners, location."),
    "run": ("running.command", "Run scripts here, without Dagster."),
    "history": ("history_command", "Show what was run here, and how it went."),
    "explain": (
        "explain_command",
        "Show where an asset's values come from, or what a finding means.",
    ),
    "why": ("why_command", "Show what has changed in an asset's code since it was made."),
    "deploy": ("deploy.command", "Ship scripts to where they run, branch by branch."),
    "schema": ("schema_command", "Write the contract that editors and CI read."),
    "editor": ("editor.command", "Update what editors know about the project."),
    "init": ("init_command", "Create a project that runs."),
    "new": ("new_command", "Add an asset: a manifest, and a script to start from."),
    "rename": ("rename_command", "Rename an asset, a script or a group, everywhere it is named."),
}
"""The module and the summary of each, by its name."""


@click.group(
    cls=Commands,
    package=__name__,
    table=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `pipes-projects init my_project`. Manifests are in defs/<group>/, beside"
    " their scripts; `pipes-projects new group/asset` adds one. `pipes-projects COMMAND --help` has"
    " examples.",
)
@click.version_option(__version__, message="%(prog)s %(version)s", help="Show the version.")
def cli() -> None:
    """Grow a Dagster asset graph from scripts and a few lines of YAML."""


def run(own_variables: tuple[str, ...] = ()) -> None:
    """Run a command; exit 0 if clean, 1 for findings, 2 for wrong usage, 3 for a bug of ours.

    `own_variables` are set in the environment for this process only: no script sees them.
    """
    try:
        sys.exit(cli(prog_name="pipes-projects", standalone_mode=False, obj=own_variables))
    except click.ClickException as error:
        tell_refusal(error)
        sys.exit(USAGE)
    except LayoutError as error:
        tell(f"Error: {error}")
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        tell("stopped")
        sys.exit(STOPPED)
    except BrokenPipeError:
        _abandon_output()
        sys.exit(1)
    except OSError as error:  # not from reading the project: from the output
        tell(f"Error: {error}")
        _abandon_output()
        sys.exit(USAGE)
    except Exception as error:
        _report_bug(error)
        sys.exit(BUG)


def _abandon_output() -> None:
    """Otherwise unwritten output would fail again when Python exits, and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)


def _report_bug(error: Exception) -> None:
    from traceback import format_exception

    show("".join(format_exception(error)), err=True)
    tell("This is a bug in pipes-projects, not in your project: please report the text above.")
