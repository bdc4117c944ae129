"""Arguments and options that several commands of `deploy` share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

F = TypeVar("F", bound=Callable[..., Any])

_DEPLOYMENT = click.argument("name", metavar="[DEPLOYMENT]", default="")
_TARGET = click.option(
    "--target", metavar="NAME", default="", help="The deployment, as DEPLOYMENT names it."
)
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
    """The deployment, by its place or by `--target`, and the project."""

    @wraps(function)
    def named(name: str, target: str, path: Path, **rest: Any) -> Any:
        if target and name and name != target:
            path, name = _path_before(name, target), target
        return function(name=target or name, path=path, **rest)

    return cast(F, _DEPLOYMENT(_PATH(_TARGET(named))))


def which_branch(function: F) -> F:
    """The deployment, the project and the branch."""
    return which(_BRANCH(function))


def _path_before(name: str, target: str) -> Path:
    """What is written where DEPLOYMENT could be: PATH, if `--target` names the deployment."""
    source = click.get_current_context().get_parameter_source("path")
    if source is ParameterSource.DEFAULT and Path(name).is_dir():
        return Path(name)
    raise click.UsageError(f"`--target {target}` and `{name}` name two deployments: give one")
