"""The submit host that the options of a script name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.slurm.submit_hosts import Here, SubmitHost


@contextmanager
def reached(errand: Received, options: Mapping[str, Any]) -> Iterator[SubmitHost]:
    """The host that the options name; if it cannot be reached, the errand is refused."""
    if "connection" not in options:
        yield Here()
        return
    try:
        from pipes_projects.kinds.slurm.remote import There
        from pipes_projects.kinds.ssh.connecting import UnreachableHostError, connected
    except ModuleNotFoundError:
        help_ = "run `pip install 'pipes-projects[ssh]'` where scripts run"
        errand.refuse(f"`connection` needs `paramiko`, not installed here: {help_}")
    try:
        with connected(connection(options["connection"])) as client:
            yield There(client)
    except UnreachableHostError as error:
        errand.refuse(str(error))
