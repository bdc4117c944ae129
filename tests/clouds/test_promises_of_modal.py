"""Kind `modal` keeps what every kind keeps: `modal run` is a process, Modal a server of ours."""

import json
from collections.abc import Iterator
from textwrap import dedent, indent

import pytest

from pipes_projects.kinds.connections import variable_of
from tests.clouds.servers.modal import Modal
from tests.clouds.servers.modal import modal as serving_modal
from tests.kinds.backends import Backend
from tests.kinds.conftest import witness
from tests.kinds.test_every_kind import (
    test_a_message_that_is_cut_in_two_fails_the_run,
    test_a_run_that_is_cancelled_leaves_nothing,
    test_a_run_that_is_killed_leaves_nothing,
    test_a_script_cannot_take_back_what_it_has_said,
    test_all_that_a_script_is_told_arrives,
    test_dagster_runs_it_too,
    test_messages_come_whole,
    test_secrets_are_masked_and_in_no_command_line,
    test_the_error_names_the_script_and_how_it_ended,
    test_what_takes_too_long_is_ended_with_all_that_it_started,
    test_what_was_reported_before_a_failure_is_kept,
)

__all__ = [
    "test_a_message_that_is_cut_in_two_fails_the_run",
    "test_a_run_that_is_cancelled_leaves_nothing",
    "test_a_run_that_is_killed_leaves_nothing",
    "test_a_script_cannot_take_back_what_it_has_said",
    "test_all_that_a_script_is_told_arrives",
    "test_dagster_runs_it_too",
    "test_messages_come_whole",
    "test_secrets_are_masked_and_in_no_command_line",
    "test_the_error_names_the_script_and_how_it_ended",
    "test_what_takes_too_long_is_ended_with_all_that_it_started",
    "test_what_was_reported_before_a_failure_is_kept",
    "witness",
]

HEAD = "import modal\napp = modal.App()\n@app.local_entrypoint()\ndef main(*words):\n"
TOKEN = {"token_id": "ak-1", "token_secret": "as-hunter22"}


class OfModal(Backend):
    """The script is the local entrypoint of an app."""

    def content(self, script: str) -> str:
        """See `Backend`."""
        return HEAD + indent(dedent(script), "    ")

    def place(self, line: int) -> str:
        """See `Backend`."""
        return super().place(line + HEAD.count("\n"))


@pytest.fixture
def server() -> Iterator[Modal]:
    with serving_modal() as found:
        yield found


@pytest.fixture
def backend(server: Modal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """An app of a workspace whose token is published."""
    environment = {"MODAL_SERVER_URL": server.url, variable_of("modal"): json.dumps(TOKEN)}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield OfModal(
        "modal",
        {"connection": "modal"},
        environment=environment,
        connections={"modal": TOKEN},
        arguments="[*words]",
        starts_within=15,
    )
    assert server.tokens == {TOKEN["token_id"]}
    assert "AppPublish" in server.asked
