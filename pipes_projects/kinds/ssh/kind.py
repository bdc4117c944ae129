"""Kind `ssh`: the script runs on another host."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import ConnectionName, Model, SchemaPattern, Word, matching
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

_DRIVER: Final = "pipes_projects.kinds.ssh.driver"
_THERE = r"/[^\x00]*"
_THERE_HELP = "a path on the host begins with `/`"
OnHost = Annotated[
    str,
    matching(_THERE, "invalid-value", "`VALUE` is not the path of a folder on a host", _THERE_HELP),
    SchemaPattern(_THERE, _THERE_HELP),
]


class SshOptions(Model):
    """The host that a script runs on, and how."""

    connection: ConnectionName
    """The host: a URL such as `ssh://user@host:22`, the name of a host in `~/.ssh/config`, or a
    mapping with `host` and, if need be, `port`, `username`, `password`, `key_filename`,
    `passphrase` and `known_hosts`. Its key must be known, as to `ssh`."""

    command: Command | None = None
    """The program on the host that runs the script, and its arguments; the script's path follows.
    By default whatever fits the script's ending: `python3`, `bash`, …"""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables, in addition to those of the user there. Of Dagster's own, the script
    has only those that `inherit_env` lists."""

    cwd: OnHost | None = None
    """The folder on the host to run in; by default that of the script's copy."""

    folder: OnHost | None = None
    """The folder on the host in which each run makes one of its own, with the script, what it
    imports and its `code_paths`; by default `/tmp`."""

    keep: bool | None = None
    """Whether that folder is kept, and its path printed, instead of removed afterwards."""


def launch(script: Path, options: SshOptions, root: Path) -> Launch:
    """The driver, which runs the script on the host."""
    told = options.model_dump(exclude_none=True, exclude={"env"})
    usual = INTERPRETERS.get(script.suffix) or ("python3", "-u")
    told["command"] = options.command or list(usual)
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    driver = driven_by(_DRIVER, json.dumps(told), cwd=str(root), connections=(options.connection,))
    return replace(driver, env=env, runs_elsewhere=True)


SSH: Final = RegisteredKind(
    "ssh",
    "Runs the script on another host.",
    options=ModelShape(SshOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
    needs=("paramiko",),
    install="pipes-projects[ssh]",
    example="""\
kind: ssh
ssh:
  connection: cluster  # published by the platform owner
  command: [python3, -u]
""",
)
