"""`python -m tests.clouds.hurried …`: `pipes-projects`, while Dagster's clients hurry.

They reach servers of ours if variables name these.
"""

import os
from collections.abc import Callable
from typing import Any

from pipes_projects.cli import run
from tests.clouds.servers.azure import URL, reach_azure
from tests.clouds.servers.google import JOBS, reach_google
from tests.kinds.services.hurried import hurry


def reach(set_: Callable[[Any, str, Any], object]) -> None:
    """The clients of those that variables name reach them."""
    for variable, reach_it in ((URL, reach_azure), (JOBS, reach_google)):
        if variable in os.environ:
            reach_it(set_)


if __name__ == "__main__":
    hurry(setattr)
    reach(setattr)
    run()
