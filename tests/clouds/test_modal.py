"""Kind `modal`: the command that Dagster's client would start, and that Modal takes."""

import json
from pathlib import Path
from typing import Any

import pytest
from dagster import PipesSubprocessClient
from dagster_modal import ModalClient

from pipes_projects.kinds.modal import driver
from pipes_projects.kinds.modal.kind import ModalOptions, launch, words_of

APP = """
import sys
import modal
from dagster_pipes import open_dagster_pipes

app = modal.App("ours")

@app.function()
def count(day: str) -> int:
    return 1

@app.local_entrypoint()
def main(day: str) -> None:
    pass
"""


def test_the_command_is_that_of_dagsters_client(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    monkeypatch.setattr(PipesSubprocessClient, "run", lambda _, **asked: started.append(asked))
    context: Any = None
    ModalClient().run(func_ref="/x/a.py::main", context=context)
    options = ModalOptions(function="main")
    assert started[0]["command"] == ["modal", *words_of(Path("/x/a.py"), options)]


def test_modal_finds_the_function_and_takes_the_arguments(tmp_path: Path) -> None:
    from modal.cli.import_refs import import_and_filter, parse_import_ref

    script = tmp_path / "a.py"
    script.write_text(APP, "utf-8")
    options = ModalOptions(function="main", args=["--day", "monday"], environment="dev")
    run, flag, environment, place, *args = words_of(script, options)
    assert (run, flag, environment, args) == ("run", "--env", "dev", ["--day", "monday"])
    found, *_ = import_and_filter(parse_import_ref(place), base_cmd="modal run")
    assert found is not None
    assert found.info.raw_f.__name__ == "main"


def test_the_driver_becomes_modal_with_the_owners_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = ModalOptions(connection="modal", args=["x"])
    start = launch(tmp_path / "a.py", options, tmp_path)
    assert start.connections == ("modal",)
    became: list[Any] = []
    monkeypatch.setattr(driver.os, "execv", lambda _, words: became.append(words))
    monkeypatch.setattr(driver.sys, "argv", ["x", start.command[-1]])
    token = {"token_id": "ak-1", "token_secret": "as-1"}
    monkeypatch.setenv("PIPES_PROJECTS_CONNECTION_MODAL", json.dumps(token))
    monkeypatch.setenv("MODAL_TOKEN_ID", "")
    monkeypatch.setenv("MODAL_TOKEN_SECRET", "")
    driver.main()
    (words,) = became
    assert words[3:] == [
        str(Path(driver.__file__).with_name("started.py")),
        *("run", str(tmp_path / "a.py"), "x"),
    ]
    assert driver.os.environ["MODAL_TOKEN_ID"] == "ak-1"
    assert driver.os.environ["MODAL_TOKEN_SECRET"] == "as-1"


def test_a_connection_with_something_else_is_one_sentence() -> None:
    with pytest.raises(SystemExit) as stopped:
        driver.variables_of("modal", {"token": "x"})
    assert str(stopped.value) == (
        "connection `modal` is a mapping with `token_id` and `token_secret`"
    )
