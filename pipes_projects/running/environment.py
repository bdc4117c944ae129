"""The environment of a script: what it inherits, what is set, and which values are secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pipes_projects.text.masking import can_be_masked

Inherit = str | Sequence[str] | None
"""`all` variables of this process, also if it is None; `none`, or only those with some names."""
Secrets = Mapping[str, str]
"""The name that the script sees, and the name by which the owner knows the value."""


class Environment(NamedTuple):
    """What a script finds in its environment, and which values are masked wherever they show up."""

    variables: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    unmasked: tuple[str, ...] = ()
    """What has secrets that are too short to be masked, as in a sentence."""


class MissingSecretsError(Exception):
    """Some secrets have no value; lists all of them, before anything is started."""

    def __init__(self, names: Sequence[str]) -> None:
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(
            f"{'this secret has' if len(names) == 1 else 'these secrets have'} no value where the"
            f" script would run: {listed}"
        )
        self.names = tuple(names)


def environment(
    inherit: Inherit,
    literal: Mapping[str, str],
    secrets: Secrets,
    resolve: Callable[[str], str | None] = os.environ.get,
) -> Environment:
    """The whole environment of a script.

    Args:
        inherit: Which variables of this process the script sees.
        literal: The variables that its manifest sets.
        secrets: The variables whose values `resolve` gives, with the owner's name for each.
        resolve: Takes the owner's name for a secret; returns None if it has no value.

    Raises:
        MissingSecretsError: For all secrets without a value together.
        TypeError: For a value that a variable cannot have.
    """
    values = {name: _text(owners, resolve(owners)) for name, owners in secrets.items()}
    missing = [secrets[name] for name, value in values.items() if value is None]
    if missing:
        raise MissingSecretsError(sorted(set(missing)))
    known = {name: value for name, value in values.items() if value is not None}
    variables = {**_inherited(inherit), **literal, **known}
    secret = {value for value in known.values() if can_be_masked(value)}
    short = (f"secret `{name}`" for name, value in known.items() if value not in ("", *secret))
    return Environment(variables, tuple(sorted(secret)), tuple(short))


def _inherited(inherit: Inherit) -> dict[str, str]:
    own = os.environ  # on Windows, names are not case-sensitive in it
    if inherit is None or inherit == "all":
        return dict(own)
    return {} if inherit == "none" else {name: own[name] for name in inherit if name in own}


def _text(name: str, value: object) -> str | None:
    """A secret's value, which no error shows."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"the value of secret `{name}` is text, not {type(value).__name__}")
    if "\0" in value:
        raise TypeError(f"the value of secret `{name}` contains a NUL, which no variable can")
    return value
