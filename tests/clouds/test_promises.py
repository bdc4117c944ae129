"""What these kinds keep: the tests of all kinds of services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clouds.backends import BACKENDS
from tests.clouds.hurried import reach
from tests.kinds.backends import Backend
from tests.kinds.services.test_promises import (
    test_a_message_that_is_cut_in_two_fails_the_run,
    test_a_run_that_is_cancelled_leaves_nothing,
    test_all_that_a_script_is_told_arrives,
    test_messages_come_whole,
    test_the_error_names_the_script_and_how_it_ended,
    test_what_takes_too_long_is_ended_with_all_that_it_started,
    test_what_was_reported_before_a_failure_is_kept,
    witness,
)

__all__ = [
    "test_a_message_that_is_cut_in_two_fails_the_run",
    "test_a_run_that_is_cancelled_leaves_nothing",
    "test_all_that_a_script_is_told_arrives",
    "test_messages_come_whole",
    "test_the_error_names_the_script_and_how_it_ended",
    "test_what_takes_too_long_is_ended_with_all_that_it_started",
    "test_what_was_reported_before_a_failure_is_kept",
    "witness",
]


@pytest.fixture(params=BACKENDS)
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Backend]:
    """Each kind in turn; it must have left nothing."""
    (place := tmp_path / "service").mkdir()
    with BACKENDS[request.param](place) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        reach(monkeypatch.setattr)
        yield found
        assert found.left() == []
