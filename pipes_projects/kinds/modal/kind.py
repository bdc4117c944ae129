"""Kind `modal`: `modal run` runs the script, whose functions run at Modal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import ConnectionName, Model, SomeWord, Word
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

_DRIVER: Final = "pipes_projects.kinds.modal.driver"


class ModalOptions(Model):
    """How Modal runs a script."""

    connection: ConnectionName | None = None
    """The workspace: a mapping with `token_id` and `token_secret`. By default that of the `modal`
    command."""

    function: SomeWord | None = None
    """The function of the script that runs; by default its only local entrypoint. A local
    entrypoint runs here, so that it can open Pipes, and calls what runs at Modal."""

    args: list[Word] | None = None
    """Arguments of that function, such as `[--day, "{params.day}"]`."""

    environment: SomeWord | None = None
    """The environment of the workspace; by default its own default."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables of the local entrypoint."""


def words_of(script: Path, options: ModalOptions) -> list[str]:
    """What follows `modal`."""
    place = f"{script}::{options.function}" if options.function else str(script)
    environment = ("--env", options.environment) if options.environment else ()
    return ["run", *environment, place, *(options.args or ())]


def launch(script: Path, options: ModalOptions, root: Path) -> Launch:  # noqa: ARG001
    """The driver, which becomes `modal run`."""
    connections = (options.connection,) if options.connection else ()
    told = {"words": words_of(script, options), "connection": options.connection}
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    driver = driven_by(_DRIVER, json.dumps(told), cwd=str(script.parent), connections=connections)
    return replace(driver, env=env)


MODAL: Final = RegisteredKind(
    "modal",
    "Runs the script with `modal run`; its functions run at Modal.",
    options=ModelShape(ModalOptions),
    endings=(".py",),
    launch=launch,
    needs=("modal",),
    install="pipes-projects[modal]",
    is_only_checked=True,
    opening="""\
import modal
from dagster_pipes import open_dagster_pipes

app = modal.App()


@app.function()
def count(day: str) -> int: ...


@app.local_entrypoint()
def main(day: str) -> None:
    with open_dagster_pipes() as pipes:
        pipes.report_asset_materialization(metadata={"rows": count.remote(day)})
""",
    example="""\
kind: modal
params: {day: monday}
modal:
  args: [--day, "{params.day}"]
""",
)
