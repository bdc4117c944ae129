"""Starts the shipped copy of a script as the script itself would be, in the same folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pipes_projects.analysis.code_version.parts import python_path
from pipes_projects.deploy.deployed.version import Copy
from pipes_projects.kinds.launch import Launch
from pipes_projects.project import Script

_PATH = "PYTHONPATH"


def launch_of(copy: Copy, script: Script, file: Path, start: Callable[[Path], Launch]) -> Launch:
    """The launch that `start` makes for the copy, in the folder and with the packages of the
    script itself, `file`."""
    there, here = start(copy.file), start(file)
    python = there.python
    if python is not None and here.python is not None:
        python = replace(python, folders=here.python.folders)
    env = _environment(there.env, copy, script)
    return replace(there, cwd=here.cwd, env=env, python=python)


def _environment(env: Mapping[str, str], copy: Copy, script: Script) -> dict[str, str]:
    """Python writes nothing beside what was shipped, and imports from there first."""
    added = {"PYTHONDONTWRITEBYTECODE": "1", **env}
    if copy.root is not None and _PATH in env:
        folders = [str(copy.root / folder) for folder in python_path(script)]
        added[_PATH] = os.pathsep.join([*folders, env[_PATH]])
    return added
