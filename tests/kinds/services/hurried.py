"""`python -m tests.kinds.services.hurried …`: `pipes-projects`, while Dagster's clients hurry.

They look for messages every ten seconds, and wait as long for what will not come; whether a job has
ended, they ask every five or six.
"""

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from dagster._core.pipes import utils

from pipes_projects.cli import run
from pipes_projects.emitter.kinds.services.messages import WholeLines

SHORT = SimpleNamespace(time=time.time, sleep=lambda seconds: time.sleep(min(seconds, 0.1)))
"""In place of `time`, in modules of others."""
OF_AMAZON = ("botocore.waiter", "dagster_aws.pipes.clients.glue")
"""Such modules; the environment of `tests/clouds` does not have them."""


def hurry(set_: Callable[[Any, str, Any], object]) -> None:
    """They look all the time, and wait for nothing."""
    for name in OF_AMAZON:
        if find_spec(name.partition(".")[0]):
            set_(import_module(name), "time", SHORT)
    set_(utils, "WAIT_FOR_LOGS_AFTER_EXECUTION_INTERVAL", 0)
    set_(utils, "WAIT_FOR_LOGS_TIMEOUT", 0)
    set_(utils, "DEFAULT_SLEEP_INTERVAL", 0.1)
    set_(WholeLines, "interval", property(lambda _: -1, lambda *_: None))


if __name__ == "__main__":
    hurry(setattr)
    run()
