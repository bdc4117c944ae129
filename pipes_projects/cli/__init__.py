"""The command line: one module per command, imported when the command is called."""

from __future__ import annotations

import sys

import click

from pipes_projects import __version__
from pipes_projects.cli.commands import Commands, CutOffError
from pipes_projects.cli.streams import abandon, encoding_of, show, tell, tell_refusal
from pipes_projects.disk.boundary import BoundaryError, in_words
from pipes_projects.layout import LayoutError
from pipes_projects.text.plain import readers_have

FINDINGS, USAGE, BUG, STOPPED, CUT_OFF = 1, 2, 3, 130, 141

_COMMANDS = {
    "check": ("check.command", "Find what is wrong with the manifests."),
    "list": ("reading.listing", "Show the assets: group, kind, dependencies, owners, location."),
    "graph": ("reading.graph", "Show what is made from what."),
    "diff": ("reading.diff", "Show what a change does to the project."),
    "catalog": ("reading.catalog", "Write a page for browsing the project."),
    "run": ("running.command", "Run scripts here, without Dagster."),
    "history": ("reading.history", "Show what was run here, and how it went."),
    "explain": (
        "reading.explain",
        "Show where an asset's values come from, or what a finding means.",
    ),
    "kinds": ("reading.kinds", "Show the kinds of script, and how to use one."),
    "why": ("reading.why", "Show what has changed in an asset's code since it was made."),
    "deploy": ("deploy.command", "Ship scripts to where they run, branch by branch."),
    "schema": ("schema_command", "Write the contract that editors and CI read."),
    "editor": ("editor.command", "Update what editors know about the project."),
    "init": ("authoring.init", "Create a project that runs."),
    "new": ("authoring.new", "Add an asset: a manifest, and a script to start from."),
    "import": ("importing.command", "Write manifests for scripts that are declared elsewhere."),
    "rename": ("authoring.rename", "Rename an asset, a script or a group, everywhere it is named."),
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

    If nobody reads standard output any more, exit 141, as a program that SIGPIPE ends.

    `own_variables` are set in the environment for this process only: no script sees them.
    """
    try:
        with readers_have(encoding_of(sys.stdout)):
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
    except CutOffError:
        abandon(sys.stdout)
        sys.exit(CUT_OFF)
    except BoundaryError as error:
        tell(f"Error: {error.about}")
        sys.exit(USAGE)
    except OSError as error:  # not from reading the project: from the output
        is_of_output = error.filename is None and error.strerror
        why = f"the output cannot be written: {error.strerror}" if is_of_output else in_words(error)
        tell(f"Error: {why}")
        abandon(sys.stdout)
        sys.exit(USAGE)
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):  # Ctrl-C while Python makes a class
            tell("stopped")
            sys.exit(STOPPED)
        _report_bug(error)
        sys.exit(BUG)


def _report_bug(error: Exception) -> None:
    from traceback import format_exception

    show("".join(format_exception(error)), err=True)
    tell("This is a bug in pipes-projects, not in your project: please report the text above.")
