"""The kinds that come with this package: to add one, write it into this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipes_projects.kinds.docker.kind import DOCKER
from pipes_projects.kinds.external import EXTERNAL
from pipes_projects.kinds.registered import RegisteredKind
from pipes_projects.kinds.sql.kind import SQL
from pipes_projects.kinds.ssh.kind import SSH
from pipes_projects.kinds.subprocess import SUBPROCESS

BUILT_IN: Final[Mapping[str, RegisteredKind]] = {
    kind.name: kind
    for kind in (
        SUBPROCESS,
        EXTERNAL,
        SQL,
        DOCKER,
        SSH,
    )
}
DEFAULT: Final = SUBPROCESS.name
"""The kind of a manifest that does not name one."""
