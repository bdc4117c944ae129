"""`python -m pipes_projects.kinds.docker.driver OPTIONS`: runs a script in a container.

Two processes: one works with the container, the other, its parent, only waits. If either is killed,
the other one removes the container. If both are, the next driver on this machine does, which finds
such containers by their labels.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from pipes_projects.kinds.docker.container import run_in_container
from pipes_projects.kinds.docker.daemon import Daemon
from pipes_projects.kinds.docker.leftovers import die_with, remove
from pipes_projects.kinds.drivers.ending import end_like
from pipes_projects.kinds.drivers.errand import Received


def main() -> None:
    """Run the script; end as it ended."""
    errand = Received.of_environment()
    if sys.platform == "win32":
        errand.refuse("`kind: docker` does not run scripts on Windows: run Dagster in WSL")
    options: dict[str, Any] = json.loads(sys.argv[1])
    daemon, parent = Daemon.of(options), os.getpid()
    child = os.fork()
    if child == 0:
        die_with(parent)
        sys.exit(run_in_container(errand, daemon, options))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the child gets the same signal, and acts on it
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        remove(daemon.client(), errand.mark)
    end_like(code)


if __name__ == "__main__":
    main()
