"""Values that templates have expanded: those of the environment must never be written."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipes_projects.scaffold.importing.imported import KeyPath

_TEMPLATE: Final = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}", re.DOTALL)
_ENVIRONMENT: Final = re.compile(r"\benv\b")
_SHORTEST: Final = 6
"""Shorter values, such as `true`, are in many texts by chance."""


def is_template(value: object) -> bool:
    """Whether a value is not what is written."""
    return isinstance(value, str) and _TEMPLATE.search(value) is not None


def environment_in(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """The templates that name the environment, and where they are."""
    if isinstance(value, str):
        for found in _TEMPLATE.finditer(value):
            if _ENVIRONMENT.search(found[0]):
                yield path, found[0]
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from environment_in(part, (*path, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from environment_in(part, (*path, number))


def expanded_secret(value: Any, text: str) -> str | None:
    """The variable whose value is in what would be written, but not in the text that it comes
    from; its name, or None."""
    if isinstance(value, Mapping):
        parts: Any = (*value, *value.values())
    elif isinstance(value, list | tuple):
        parts = value
    else:
        return _variable(value, text) if isinstance(value, str) else None
    return next(filter(None, (expanded_secret(part, text) for part in parts)), None)


def _variable(value: str, text: str) -> str | None:
    for name, secret in os.environ.items():
        if len(secret) >= _SHORTEST and secret in value and secret not in text:
            return name
    return None
