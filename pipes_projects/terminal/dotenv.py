"""`.env` in the project's folder, read as `dagster dev` reads it there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from pipes_projects.disk.boundary import NotAFileError, instead, open_file, refuse_outside

if TYPE_CHECKING:
    from dotenv.parser import Binding, Original

ENV: str = ".env"


class EnvError(Exception):
    """The file cannot be read, or something in it cannot be a variable."""


def variables(root: Path) -> dict[str, str]:
    """The variables that it sets, which override those in the environment; raises `EnvError`."""
    with _telling_why():
        return _variables(root)


def unread_lines(root: Path) -> list[str]:
    """A sentence for each line that sets nothing, as it cannot be understood; raises `EnvError`."""
    with _telling_why():
        numbers = [_line(part.original) for part in _parts(root) if part.error]
    return [f"line {number} of `{ENV}` sets no variable: write `NAME=value`" for number in numbers]


@contextmanager
def _telling_why() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        text = f"line {line} is not UTF-8 text: save the file as UTF-8"
        raise EnvError(f"`{ENV}` cannot be read: {text}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise EnvError(f"`{ENV}` cannot be read: {why}") from None


def _variables(root: Path) -> dict[str, str]:
    parts = _parts(root)
    if not parts:
        return {}
    from dotenv import dotenv_values

    text = "".join(part.original.string for part in parts if not part.error)
    found = dotenv_values(stream=StringIO(text))
    return {name: _variable(name, value) for name, value in found.items() if value is not None}


def _parts(root: Path) -> list[Binding]:
    path = root / ENV
    if not os.path.lexists(path):
        return []
    path = refuse_outside(path, root)
    if what := instead(root / ENV):
        raise NotAFileError(what)
    from dotenv.parser import parse_stream  # slow to import, for a file that many do not have

    with open_file(path) as file:
        return list(parse_stream(StringIO(file.read().decode("utf-8"))))


def _line(statement: Original) -> int:
    """The line of a statement, which may begin with empty ones."""
    text = statement.string
    return statement.line + text[: len(text) - len(text.lstrip())].count("\n")


def _variable(name: str, value: str) -> str:
    if not name or "=" in name or "\0" in name:
        raise ValueError(f"`{name}` cannot be the name of a variable")
    if "\0" in value:
        raise ValueError(f"the value of `{name}` has a character with the code 0")
    return value
