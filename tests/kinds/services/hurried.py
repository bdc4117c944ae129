"""`python -m tests.kinds.services.hurried …`: `pipes-projects`, while Dagster's clients hurry.

They look for messages every ten seconds, and wait as long for what will not come; whether a job has
ended, they ask every five or six.
"""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from botocore import waiter
from dagster._core.pipes import utils
from dagster_aws.pipes.clients import glue

from pipes_projects.cli import run
from pipes_projects.emitter.kinds.services.messages import WholeLines

SHORT = SimpleNamespace(time=time.time, sleep=lambda seconds: time.sleep(min(seconds, 0.1)))
"""In place of `time`, in modules of others."""


def hurry(set_: Callable[[Any, str, Any], object]) -> None:
    """They look all the time, and wait for nothing."""
    set_(waiter, "time", SHORT)
    set_(glue, "time", SHORT)
    set_(utils, "WAIT_FOR_LOGS_AFTER_EXECUTION_INTERVAL", 0)
    set_(utils, "WAIT_FOR_LOGS_TIMEOUT", 0)
    set_(utils, "DEFAULT_SLEEP_INTERVAL", 0.1)
    set_(WholeLines, "interval", property(lambda _: -1, lambda *_: None))


if __name__ == "__main__":
    hurry(setattr)
    run()
