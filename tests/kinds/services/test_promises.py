"""What kinds of services keep: the tests of all kinds, but for what no service can keep.

Secrets are the service's own; and a job goes on if whoever waits for it is killed.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kinds.backends import Backend
from tests.kinds.conftest import witness
from tests.kinds.services.backends import BACKENDS
from tests.kinds.test_every_kind import (
    script,
    test_a_message_that_is_cut_in_two_fails_the_run,
    test_a_run_that_is_cancelled_leaves_nothing,
    test_all_that_a_script_is_told_arrives,
    test_messages_come_whole,
    test_the_error_names_the_script_and_how_it_ended,
    test_what_takes_too_long_is_ended_with_all_that_it_started,
    test_what_was_reported_before_a_failure_is_kept,
)
from tests.support.dagster.served import served
from tests.support.folder import Folder
from tests.support.processes.scripts import marked
from tests.support.processes.trees import WITNESS

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


HURRIED = "from tests.kinds.services.hurried import hurry\nhurry(setattr)\n"

# The three of EMR take their messages from a bucket, as `glue` does.
KINDS = [
    pytest.param(kind, marks=[pytest.mark.slow] if kind.startswith("emr") else [])
    for kind in BACKENDS
]


@pytest.fixture(params=KINDS)
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Backend]:
    """Each kind in turn; it must have left nothing."""
    (place := tmp_path / "service").mkdir()
    with BACKENDS[request.param](place) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found
        assert found.left() == []


@pytest.mark.parametrize("backend", ["k8s", "ecs"], indirect=True)
def test_a_run_that_is_cancelled_in_the_ui_stops_the_job(
    backend: Backend, folder: Folder, witness: str, tmp_path: Path
) -> None:
    script(folder, backend, backend.scripts.endless, **backend.marked(WITNESS, witness))
    definitions = folder.root / "definitions.py"
    definitions.write_text(HURRIED + definitions.read_text("utf-8"), "utf-8")
    with served(definitions, tmp_path / "home") as server:
        run = server.launch("g/a")
        until = time.monotonic() + 60
        while len(marked(WITNESS, witness)) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        assert len(marked(WITNESS, witness)) >= 3
        server.cancel(run)
        assert server.ended(run) == "CANCELED"
        assert backend.left() == []
