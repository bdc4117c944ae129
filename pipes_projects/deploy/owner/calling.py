"""Calls an owner's function, and reports what it raises: where, and what it published before."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getsourcefile, isasyncgen, isawaitable, iscoroutine, isgenerator, unwrap
from pathlib import Path

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.context import DeployContext
from pipes_projects.deploy.owner.deployer import Function
from pipes_projects.deploy.owner.location import checked_location, is_location
from pipes_projects.deploy.owner.raised import in_words, line_of
from pipes_projects.owners_code import set_apart

_STILL_THERE = (
    "the branch is down for readers, and what is left of it is on record: fix it and run the "
    "command again"
)
_TOLD = 5
"""How many of the published scripts are named."""


def call(function: Function, context: DeployContext, is_up: bool = True) -> None:
    """The function may print, change folders and exit; an error in it becomes a `DeployError`."""
    file = Path(getsourcefile(unwrap(function)) or "deploy.py")
    with set_apart(file.parent):
        try:
            _refuse_unrun(function(context))
            if is_up:
                _refuse_unchecked(context.published)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise _failed(function, context, error, file, is_up) from error


def _refuse_unrun(result: object) -> None:
    """Raises `DeployError` for a function that has not begun although it was called."""
    if iscoroutine(result):
        result.close()
    if isawaitable(result) or isasyncgen(result) or isgenerator(result):
        message = "nothing of it runs when it is called: it is `async`, or has a `yield`"
        raise DeployError(message, "make it a plain function; that may call `asyncio.run`")


def _refuse_unchecked(published: Mapping[str, object]) -> None:
    """Raises `DeployError` for what was put there by other ways than `publish`."""
    for script, location in published.items():
        checked_location(script, location)


def _failed(
    function: Function, context: DeployContext, error: BaseException, file: Path, is_up: bool
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
    if not is_up:
        return DeployError(f"{where}: {message}", help_ or _STILL_THERE)
    return DeployError(
        f"{where}: {message}{_published(context.published)}", help_ or _left(context)
    )


def _published(published: Mapping[str, str]) -> str:
    fine = {script: place for script, place in published.items() if is_location(place)}
    if not fine:
        return ""
    named = [f"`{script}` to {place}" for script, place in fine.items()][:_TOLD]
    more = len(fine) - len(named)
    rest = f" and {more} more" if more > 0 else ""
    return f"; by then it had published {', '.join(named)}{rest}"


def _left(context: DeployContext) -> str:
    return (
        "for readers nothing has changed: fix it and run the command once more, which calls it"
        f" again for version {context.number}"
    )
