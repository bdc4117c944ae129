"""Calls an owner's function, and reports what it raises: where, and what it published before."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getsourcefile, unwrap
from pathlib import Path

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.context import DeployContext
from pipes_projects.deploy.owner.deployer import Function
from pipes_projects.deploy.owner.raised import in_words, line_of
from pipes_projects.owners_code import set_apart

_TOLD = 5
"""How many of the published scripts are named."""


def call(function: Function, context: DeployContext) -> None:
    """The function may print, change folders and exit; an error in it becomes a `DeployError`."""
    file = Path(getsourcefile(unwrap(function)) or "deploy.py")
    with set_apart(file.parent):
        try:
            function(context)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise _failed(function, context, error, file) from error


def _failed(
    function: Function, context: DeployContext, error: BaseException, file: Path
) -> DeployError:
    name = getattr(function, "__name__", "a function")
    if isinstance(error, DeployError):
        help_, message = error.help, str(error)
    else:
        help_, message = None, in_words(error)
    ours = Path(__file__).parents[1] in file.parents
    where = (
        f"`{context.deployment}`"
        if ours
        else f"`{name}` of `{context.deployment}` ({line_of(error, file)})"
    )
    return DeployError(
        f"{where}: {message}{_published(context.published)}", help_ or _left(context)
    )


def _published(published: Mapping[str, str]) -> str:
    if not published:
        return ""
    named = [f"`{script}` to {place}" for script, place in published.items()][:_TOLD]
    more = len(published) - len(named)
    rest = f" and {more} more" if more > 0 else ""
    return f"; by then it had published {', '.join(named)}{rest}"


def _left(context: DeployContext) -> str:
    return (
        f"for readers nothing has changed: mend it and run the command again, which calls it anew"
        f" for version {context.number}"
    )
