"""A deployer: the owner's functions that ship scripts, and that remove what was shipped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.duration import seconds_of

if TYPE_CHECKING:
    from pipes_projects.deploy.owner.context import DeployContext

Function = Callable[["DeployContext"], object]
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_made: ContextVar[list[Deployer] | None] = ContextVar("made", default=None)


class Deployer:
    """Ships the scripts of a project to one place, which also has the ledger."""

    def __init__(
        self,
        name: str | None,
        at: str | Path,
        up: Function,
        *,
        ttl: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.has_name = name is not None
        self.name = _checked_name("default" if name is None else name)
        self.at = _checked_place(self.name, at)
        self.up = up
        self.tear_down: Function | None = None
        self.ttl = seconds_of(ttl) if ttl is not None else None
        """After how many seconds a branch's deployment may be collected."""
        self.options: Mapping[str, Any] = dict(options or {})
        """What the storage is opened with; may hold secrets, and is shown nowhere."""
        made = _made.get()
        if made is not None:
            made.append(self)

    def down(self, function: Function) -> Deployer:
        """Decorates the function that removes what `up` has shipped."""
        self.tear_down = function
        return self

    def call_like(self, variable: str) -> None:
        """Take the name of a variable, unless it has a name of its own."""
        if not self.has_name and _NAME.fullmatch(variable):
            self.name, self.has_name = variable, True

    def __repr__(self) -> str:
        return f"<deployer {self.name}>"


def deployer(
    name: str,
    *,
    at: str | Path,
    ttl: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Callable[[Function], Deployer]:
    """Makes a deployer of the function that ships: `@deployer("dev", at="s3://company/dev")`.

    `at` is where the ledger is: a folder, or a URL that fsspec opens with `options`. After `ttl`,
    such as `"14d"`, what a branch has shipped may be collected.
    """
    return lambda up: Deployer(name, at, up, ttl=ttl, options=options)


@contextmanager
def made_meanwhile() -> Iterator[list[Deployer]]:
    """The deployers that are made within this block."""
    made: list[Deployer] = []
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        rule = "a name has letters, digits, `-` and `_`, and begins with a letter"
        raise DeployError(f"{name!r} cannot be a deployment's name", rule)
    return name


def _checked_place(name: str, at: object) -> str:
    if not isinstance(at, str | Path) or not str(at).strip():
        message = f"`at` of `{name}` must be a folder or a URL, as text"
        raise DeployError(message, '`at="s3://bucket/folder"`, `at="/srv/shipped"`')
    return str(at)
