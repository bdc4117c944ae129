"""The environment of a script: what it inherits, what is set, and which values are secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipes_projects.text.masking import SHORTEST, can_be_masked

Inherit = str | Sequence[str] | None
"""`all` variables of this process, also if it is None; `none`, or only those with some names."""
Secrets = Mapping[str, str]
"""The name that the script sees, and the name by which the owner knows the value."""


class Environment(NamedTuple):
    """What a script finds in its environment, and which values are masked wherever they show up."""

    variables: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    unmasked: tuple[str, ...] = ()
    """Which connections have parts that are too short to be masked, as in a sentence."""


class SecretsError(Exception):
    """Some secrets cannot be used; lists all of them, before anything is started."""


class MissingSecretsError(SecretsError):
    """They have no value."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(
            _listed(names, "{} no value where the script would run: {}", "has", "have")
        )


class ShortSecretsError(SecretsError):
    """They occur in too many words to be masked."""

    def __init__(self, names: Iterable[str]) -> None:
        told = f"{{}} too short to be masked: {{}}; use values of at least {SHORTEST} characters"
        super().__init__(_listed(names, told, "is", "are"))


def _listed(names: Iterable[str], sentence: str, one: str, several: str) -> str:
    known = [f"`{name}`" for name in sorted(set(names))]
    subject = f"this secret {one}" if len(known) == 1 else f"these secrets {several}"
    return sentence.format(subject, ", ".join(known))


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
        ShortSecretsError: For all whose values would show in spite of masking.
        TypeError: For a value that a variable cannot have.
    """
    values = {name: _text(owners, resolve(owners)) for name, owners in secrets.items()}
    missing = [secrets[name] for name, value in values.items() if value is None]
    if missing:
        raise MissingSecretsError(missing)
    known = {name: value for name, value in values.items() if value is not None}
    told = {name: value for name, value in known.items() if value.strip()}
    if short := [secrets[name] for name, value in told.items() if not can_be_masked(value)]:
        raise ShortSecretsError(short)
    variables = {**_inherited(inherit), **literal, **known}
    return Environment(variables, tuple(sorted({*told.values()})))


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
