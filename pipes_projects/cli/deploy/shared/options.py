"""Arguments and options that several commands of `deploy` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_DEPLOYMENT = click.argument("name", metavar="[DEPLOYMENT]", default="")
_PATH = click.argument(
    "path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
_BRANCH = click.option(
    "--branch", metavar="NAME", help="The branch; by default, the one checked out."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
yes_production = click.option(
    "--yes-production", is_flag=True, help="Allow this for the production branch too."
)
only_changed = click.option(
    "--only-changed",
    is_flag=True,
    help="Leave alone what is exactly as the base branch has shipped it.",
)
dry_run = click.option("--dry-run", is_flag=True, help="Change nothing; show what would be done.")


def which(function: F) -> F:
    """The deployment, and the project."""
    return _DEPLOYMENT(_PATH(function))


def which_branch(function: F) -> F:
    """The deployment, the project and the branch."""
    return which(_BRANCH(function))
