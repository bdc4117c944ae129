"""Which kinds pass which tests of the suite, and why the others have no place in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import pytest

from pipes_projects.kinds import BUILT_IN
from tests.kinds import test_every_kind
from tests.kinds.backends import BACKENDS
from tests.kinds.services.backends import BACKENDS as SERVICES
from tests.support.dagster.running import ROOT

SUITE: Final = frozenset(name for name in vars(test_every_kind) if name.startswith("test_"))
CLOUDS: Final = ("databricks", "databricks_serverless", "dataproc", "azureml")
MODULES: Final[Mapping[str, str]] = {
    **dict.fromkeys(BACKENDS, "tests/kinds/test_every_kind.py"),
    "sql": "tests/kinds/sql/test_promises.py",
    "spark": "tests/slow/test_spark.py",
    "ray": "tests/slow/inside_ray.py",
    **dict.fromkeys(SERVICES, "tests/kinds/services/test_promises.py"),
    **dict.fromkeys(CLOUDS, "tests/clouds/test_promises.py"),
    "modal": "tests/clouds/test_promises_of_modal.py",
    "lambda": "tests/kinds/test_lambda.py",
}
"""Where each kind passes the suite, or has tests of its own instead."""
OF_SERVICES: Final = {
    "test_a_run_that_is_killed_leaves_nothing": "a job goes on if whoever waits for it is killed",
    "test_a_script_cannot_take_back_what_it_has_said": (
        "messages are in a log, or in files that are gone once they have been read"
    ),
    "test_dagster_runs_it_too": "only Dagster runs it, in all tests of the suite",
    "test_secrets_are_masked_and_in_no_command_line": "`secrets` is refused: a service has its own",
}
OF_LAMBDA: Final = (
    "a script is a function that is deployed beforehand, gets an event in place of variables and"
    " files, and cannot be cancelled"
)
REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "sql": {
        "test_messages_come_whole": "a query has no output, and says only what its table is like",
        "test_a_message_that_is_cut_in_two_fails_the_run": "a query cannot write messages",
        "test_a_script_cannot_take_back_what_it_has_said": "a query cannot write messages",
        "test_what_was_reported_before_a_failure_is_kept": (
            "a file is one transaction, and is reported as a whole after its end"
        ),
        "test_the_error_names_the_script_and_how_it_ended": (
            "a query cannot end its process: `test_dagster_runs_it_too` has its error"
        ),
    },
    "spark": {
        "test_the_error_names_the_script_and_how_it_ended": (
            "`spark-submit` ends with its own exit code, and has its own test of that"
        ),
    },
    "lambda": dict.fromkeys(SUITE, OF_LAMBDA),
    **dict.fromkeys((*SERVICES, *CLOUDS), OF_SERVICES),
}
"""By kind and test."""


def passed(kind: str) -> Iterator[str]:
    """The tests of the suite that a kind's module has, of its own or imported."""
    text = (ROOT / MODULES[kind]).read_text("utf-8")
    has_all = "from tests.kinds.test_every_kind import *" in text
    yield from (name for name in SUITE if has_all or name in text)


@pytest.mark.parametrize("kind", sorted(BUILT_IN.keys() - {"external"}))
def test_a_kind_passes_each_test_of_the_suite_or_it_is_said_why_not(kind: str) -> None:
    assert set(passed(kind)) ^ REASONS.get(kind, {}).keys() == SUITE
