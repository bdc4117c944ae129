"""What a container sees of this machine: the script's files, its Pipes context, its messages.

Each is where it is here, so that paths in tracebacks and in the variables of Pipes mean the same on
both sides.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipes_projects.kinds.drivers.errand import CONTEXT, MESSAGES, Received, pipes_library

_PYTHON_PATH: Final = "PYTHONPATH"


def script_in_container(errand: Received, options: Mapping[str, Any]) -> str:
    """The path of the script in the container."""
    root = options.get("in_image") or errand.root
    return f"{str(root).rstrip('/')}/{errand.script}"


def tell_place(errand: Received, options: Mapping[str, Any]) -> None:
    """Tracebacks name files where they are in the image."""
    if "in_image" in options:
        errand.runs_in(str(options["in_image"]).rstrip("/"))


def variables(errand: Received) -> dict[str, str]:
    """The environment of the script, beside what the image sets."""
    pipes = {name: os.environ[name] for name in (CONTEXT, MESSAGES)}
    folders = [errand.own.get(_PYTHON_PATH), str(_library(errand))]
    path = ":".join(folder for folder in folders if folder)
    python = {_PYTHON_PATH: path, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**python, **errand.own, _PYTHON_PATH: path, **pipes}


def mounts(errand: Received, options: Mapping[str, Any]) -> list[Any]:
    """The files and folders that the container gets from this machine."""
    from docker.types import Mount

    def mount(target: str, source: Path, read_only: bool = True) -> Any:
        return Mount(target, str(source), type="bind", read_only=read_only)

    errand.messages.chmod(0o666)  # the user in the container may be another
    errand.context.chmod(0o644)
    found = [
        mount(str(errand.context), errand.context),
        mount(str(errand.messages), errand.messages, read_only=False),
        mount(str(_library(errand)), _copied_library(errand)),
    ]
    if "in_image" not in options:
        found.append(mount(errand.root, _copied_files(errand)))
    return found


def _copied_files(errand: Received) -> Path:
    """A folder with nothing but the script and what belongs to it."""
    folder = errand.folder / "code"
    for file in errand.files:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.join(errand.root, file), target)
    return folder


def _library(errand: Received) -> Path:
    """Where the container finds `dagster_pipes`, even if its image does not have it."""
    return errand.folder / "library"


def _copied_library(errand: Received) -> Path:
    source, ignored = pipes_library(), shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, _library(errand) / source.name, ignore=ignored)
    return _library(errand)
