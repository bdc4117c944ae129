"""`kind: spark` on a real Spark, which needs Java: what every kind keeps."""

import sys

import pytest

from tests.kinds.backends import Backend
from tests.kinds.conftest import witness
from tests.kinds.test_every_kind import (
    ran,
    script,
    test_a_message_that_is_cut_in_two_fails_the_run,
    test_a_run_that_is_cancelled_leaves_nothing,
    test_a_run_that_is_killed_leaves_nothing,
    test_a_script_cannot_take_back_what_it_has_said,
    test_all_that_a_script_is_told_arrives,
    test_dagster_runs_it_too,
    test_messages_come_whole,
    test_secrets_are_masked_and_in_no_command_line,
    test_what_takes_too_long_is_ended_with_all_that_it_started,
    test_what_was_reported_before_a_failure_is_kept,
)
from tests.support.folder import Folder

__all__ = [
    "test_a_message_that_is_cut_in_two_fails_the_run",
    "test_a_run_that_is_cancelled_leaves_nothing",
    "test_a_run_that_is_killed_leaves_nothing",
    "test_a_script_cannot_take_back_what_it_has_said",
    "test_all_that_a_script_is_told_arrives",
    "test_dagster_runs_it_too",
    "test_messages_come_whole",
    "test_secrets_are_masked_and_in_no_command_line",
    "test_what_takes_too_long_is_ended_with_all_that_it_started",
    "test_what_was_reported_before_a_failure_is_kept",
    "witness",
]

pytestmark = pytest.mark.slow

COUNTS = """
    import sys
    from dagster_pipes import open_dagster_pipes
    from pyspark.sql import SparkSession
    with open_dagster_pipes() as pipes:
        spark = SparkSession.builder.getOrCreate()
        found = {"rows": spark.range(30).count(), "master": spark.sparkContext.master}
        pipes.report_asset_materialization(metadata={**found, "name": spark.sparkContext.appName})
    sys.exit("but not more")
"""


@pytest.fixture
def backend() -> Backend:
    """Spark on this machine, with two of its processors."""
    options = {"master": "local[2]", "conf": {"spark.ui.enabled": "false"}}
    return Backend("spark", options, python=sys.executable, starts_within=45)


def test_spark_counts_and_an_error_is_that_of_the_script(backend: Backend, folder: Folder) -> None:
    script(folder, backend, COUNTS)
    outcome = ran(folder)
    assert outcome.metadata("g/a") == {"rows": 30, "master": "local[2]", "name": "a"}
    assert outcome.why.splitlines()[0] == "defs/g/a.py: exit code 1"
    assert "but not more" in outcome.why
