"""Which program runs a Python script, which its first lines and the files beside it may decide.

A script with inline dependencies (PEP 723), or with `environment: uv`, is run by `uv`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from pipes_projects.kinds.launch import Launch, Python
from pipes_projects.running.ending import PACKAGES, CannotStartError

_INLINE = re.compile(rb"^# /// script[ \t]*\r?$", re.MULTILINE)
_PROJECT, _REQUIREMENTS = "pyproject.toml", "requirements.txt"
_RUN = ("run", "--quiet")


def ready(launch: Launch) -> Launch:
    """The launch as it will be carried out now.

    Raises:
        CannotStartError: The script needs `uv`, or packages that nothing lists.
    """
    python = launch.python
    options = _uv_options(python) if python else None
    if python is None or options is None:
        return launch
    command = (_uv(), *_RUN, *options, *python.words)
    needed = {"PYTHONUNBUFFERED": "1", "PATH": os.environ.get("PATH") or os.defpath}
    return replace(launch, command=command, env={**needed, **launch.env})


def _uv_options(python: Python) -> tuple[str, ...] | None:
    """The options for `uv run`; None if `uv` is not needed."""
    chosen = ("--python", python.choice) if python.choice else ()
    if has_inline_dependencies(Path(python.words[0])):
        return (*chosen, "--script")
    if not python.folders:
        return None
    named = next(_packages(python), None)
    if named is None:
        needs = f"`environment: uv` needs a `{_PROJECT}` or a `{_REQUIREMENTS}`"
        where = "in the folder of the script, or above it in the project"
        raise CannotStartError(f"{needs} {where}", "there is none")
    if named.name == _PROJECT:
        return (*chosen, "--project", str(named.parent))
    chosen = chosen or ("--python", sys.executable)
    return (*chosen, "--isolated", "--no-project", "--with-requirements", str(named))


def _packages(python: Python) -> Iterator[Path]:
    """Files that list packages, the nearest first."""
    places = (
        Path(folder) / name for folder in python.folders for name in (_PROJECT, _REQUIREMENTS)
    )
    return (place for place in places if place.is_file() and not _is_for_tools_alone(place))


def _is_for_tools_alone(file: Path) -> bool:
    """Whether it is a `pyproject.toml` without a project, from which `uv` takes no packages."""
    try:
        return file.name == _PROJECT and "project" not in tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return False  # `uv` will say what is wrong with it


def has_inline_dependencies(script: Path) -> bool:
    """Whether a script lists what it needs in its comments, as PEP 723 defines."""
    try:
        return _INLINE.search(script.read_bytes()) is not None
    except OSError:
        return False


def _uv() -> str:
    """The program: from the PATH, or from the package installed for this Python."""
    if found := shutil.which("uv"):
        return found
    try:
        return str(import_module("uv").find_uv_bin())
    except (ImportError, FileNotFoundError):
        message = "`uv` installs the packages that the script names, but it is not installed"
        help_ = f"install {PACKAGES['uv']} on the machine that runs the script"
        raise CannotStartError(message, help_) from None
