"""What all tests share: how Hypothesis looks for examples, and an empty project."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.folder import Folder

os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ.pop("DAGSTER_HOME", None)  # or tests would share an instance, or need one that is there

# CI says the same of the same code; at a desk, Hypothesis looks for new examples.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)  # the environment of `tests/clouds` does not have xdist
def pytest_xdist_auto_num_workers() -> int:
    """Half of the time, tests wait: for servers, for processes, and for what takes too long."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What these import is installed only for `make test-slow`."""
    is_asked = config.getoption("markexpr") == "slow"
    return True if collection_path.name == "slow" and not is_asked else None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty project."""
    return Folder(tmp_path / "project")
