"""`python -m pipes_projects.kinds.docker.driver OPTIONS`: runs a script in a container.

It is a pair of processes. If one is killed, the other one removes the container. If both are, the
next driver on this machine does, which finds such containers by their labels.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pipes_projects.kinds.docker.container import run_in_container
from pipes_projects.kinds.docker.daemon import Daemon, UnknownDaemonError
from pipes_projects.kinds.docker.leftovers import remove
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.pair import in_pair


def main() -> None:
    """Run the script; end as it ended."""
    errand = Received.of_environment()
    if sys.platform == "win32":
        errand.refuse("`kind: docker` does not run scripts on Windows: run Dagster in WSL")
    options: dict[str, Any] = json.loads(sys.argv[1])
    try:
        daemon = Daemon.of(options)
    except UnknownDaemonError as error:
        errand.refuse(str(error))
    in_pair(
        lambda: run_in_container(errand, daemon, options),
        lambda: remove(daemon.client(), errand.mark),
    )


if __name__ == "__main__":
    main()
