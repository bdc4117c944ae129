"""What an owner's code raised, in words, and the line of the owner's file."""

from __future__ import annotations

import os
from pathlib import Path
from traceback import walk_tb

from pipes_projects.text.plain import brief


def in_words(error: BaseException) -> str:
    """An error's class, and the first line of its message."""
    name = type(error).__name__
    try:
        lines = str(error).strip().splitlines()
    except Exception:  # it may have a `__str__` of the owner's
        lines = []
    message = error.msg if isinstance(error, SyntaxError) else next(iter(lines), "")
    return brief(name if message in ("", name) else f"{name}: {message}")


def line_of(error: BaseException, file: Path) -> str:
    """Where an error was raised, `deploy.py:12`; only the file if the line is unknown."""
    lines = [
        line for frame, line in walk_tb(error.__traceback__) if _is(frame.f_code.co_filename, file)
    ]
    line = lines[-1] if lines else None
    if isinstance(error, SyntaxError) and error.filename and _is(error.filename, file):
        line = error.lineno
    return f"{file.name}:{line}" if line else file.name


def _is(name: str, file: Path) -> bool:
    return os.path.realpath(name) == os.path.realpath(file)
