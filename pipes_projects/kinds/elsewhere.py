"""What the kinds have in common that take a script to where it runs: a container, another host."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import Model, SchemaPattern, Word, matching
from pipes_projects.manifest.values.environment import VariableName

_PATH = r"/[^\x00]*"
_HELP = "a path there begins with `/`"
_PYTHON = ("python3", "-u")

FolderThere = Annotated[
    str,
    matching(_PATH, "invalid-value", "`VALUE` is not the path of a folder there", _HELP),
    SchemaPattern(_PATH, _HELP),
]


class ElsewhereOptions(Model):
    """How a script is run where it is taken."""

    command: Command | None = None
    """The program there that runs the script, and its arguments; the script's path follows. By
    default whatever fits the script's ending: `python3`, `bash`, …"""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables. Of Dagster's own, the script has only those that `inherit_env`
    lists."""


def taken_by(
    driver: str, script: Path, options: ElsewhereOptions, root: Path, *connections: str
) -> Launch:
    """The launch of a driver, which takes the script there, and is told the options as JSON."""
    told = options.model_dump(exclude_none=True, exclude={"env"})
    told["command"] = options.command or [*(INTERPRETERS.get(script.suffix) or _PYTHON)]
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    launch = driven_by(driver, json.dumps(told), cwd=str(root), connections=connections)
    return replace(launch, env=env, runs_elsewhere=True)
