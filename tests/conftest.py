"""What all tests share: how Hypothesis looks for examples, and an empty project."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.folder import Folder

os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"

# CI says the same of the same code; at a desk, Hypothesis looks for new examples.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What these import is installed only for `make test-slow`."""
    is_asked = config.getoption("markexpr") == "slow"
    return True if collection_path.name == "slow" and not is_asked else None


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty project."""
    return Folder(tmp_path / "project")
