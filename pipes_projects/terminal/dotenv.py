"""`.env` in the project's folder, read as `dagster dev` reads it there."""

from __future__ import annotations

import os
from pathlib import Path

from pipes_projects.disk.boundary import NotAFileError, instead, open_file, refuse_outside

ENV: str = ".env"


class EnvError(Exception):
    """The file cannot be read, or something in it cannot be a variable."""


def variables(root: Path) -> dict[str, str]:
    """The variables that it sets, which override those in the environment; raises `EnvError`."""
    try:
        return _variables(root)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        text = f"line {line} is not UTF-8 text: save the file as UTF-8"
        raise EnvError(f"`{ENV}` cannot be read: {text}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise EnvError(f"`{ENV}` cannot be read: {why}") from None


def _variables(root: Path) -> dict[str, str]:
    path = root / ENV
    if not os.path.lexists(path):
        return {}
    path = refuse_outside(path, root)
    if what := instead(root / ENV):
        raise NotAFileError(what)
    from io import StringIO

    from dotenv import dotenv_values  # slow to import, for a file that many projects do not have

    with open_file(path) as file:
        text = file.read().decode("utf-8")
    found = dotenv_values(stream=StringIO(text))
    return {name: _variable(name, value) for name, value in found.items() if value is not None}


def _variable(name: str, value: str) -> str:
    if not name or "=" in name or "\0" in name:
        raise ValueError(f"`{name}` cannot be the name of a variable")
    if "\0" in value:
        raise ValueError(f"the value of `{name}` has a character with the code 0")
    return value
