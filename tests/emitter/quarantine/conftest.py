"""Instances that the tests of quarantine share."""

from collections.abc import Iterator

import dagster as dg
import pytest

from tests.support.dagster.running import stored


@pytest.fixture(scope="module")
def in_memory() -> Iterator[dg.DagsterInstance]:
    """For hundreds of runs, of which only the outcome counts."""
    with dg.DagsterInstance.ephemeral() as open_instance:
        yield open_instance


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with stored(tmp_path_factory.mktemp("home")) as open_instance:
        yield open_instance
