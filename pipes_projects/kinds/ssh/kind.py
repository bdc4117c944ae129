"""Kind `ssh`: the script runs on another host."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipes_projects.kinds.elsewhere import ElsewhereOptions, FolderThere, taken_by
from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.model import ConnectionName
from pipes_projects.manifest.model.shapes import ModelShape

_DRIVER: Final = "pipes_projects.kinds.ssh.driver"


class SshOptions(ElsewhereOptions):
    """The host that a script runs on, and how."""

    connection: ConnectionName
    """The host: a URL such as `ssh://user@host:22`, the name of a host in `~/.ssh/config`, or a
    mapping with `host` and, if need be, `port`, `username`, `password`, `key_filename`,
    `passphrase` and `known_hosts`. Its key must be known, as for `ssh`."""

    cwd: FolderThere | None = None
    """The folder on the host to run in; by default that of the script's copy."""

    folder: FolderThere | None = None
    """The folder on the host in which each run makes one of its own, with the script, what it
    imports and its `code_paths`; by default `/tmp`."""

    keep: bool | None = None
    """Whether that folder is kept, and its path printed, instead of removed afterwards."""


def launch(script: Path, options: SshOptions, root: Path) -> Launch:
    """The driver, which runs the script on the host."""
    return taken_by(_DRIVER, script, options, root, options.connection)


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
