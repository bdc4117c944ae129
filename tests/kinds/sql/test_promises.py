"""What `kind: sql` keeps of that which every kind keeps, in three databases."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.kinds.conftest import witness
from tests.kinds.sql.backends import URLS, Sql, of
from tests.kinds.test_every_kind import (
    test_a_run_that_is_cancelled_leaves_nothing,
    test_a_run_that_is_killed_leaves_nothing,
    test_all_that_a_script_is_told_arrives,
    test_dagster_runs_it_too,
    test_secrets_are_masked_and_in_no_command_line,
    test_what_takes_too_long_is_ended_with_all_that_it_started,
)
from tests.support.folder import Folder

__all__ = [
    "test_a_run_that_is_cancelled_leaves_nothing",
    "test_a_run_that_is_killed_leaves_nothing",
    "test_all_that_a_script_is_told_arrives",
    "test_dagster_runs_it_too",
    "test_secrets_are_masked_and_in_no_command_line",
    "test_what_takes_too_long_is_ended_with_all_that_it_started",
    "witness",
]


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def backend(
    request: pytest.FixtureRequest,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sql]:
    """Each of the databases, empty; it must have left no statement in progress."""
    url = URLS.get(request.param) or request.getfixturevalue("server")
    found = of(request.param, url, folder.root)
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    yield found
    assert found.left() == []
    if request.param == "postgres":
        with psycopg.connect(url) as connection:
            connection.execute("drop schema if exists g cascade")
