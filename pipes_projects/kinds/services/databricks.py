"""Kinds `databricks` and `databricks_serverless`: the script is a job of a Databricks workspace."""

from __future__ import annotations

import re
from typing import Any, Final

from pipes_projects.kinds.services.kind import ServiceOptions, service_kind
from pipes_projects.manifest.model import ConnectionName, SomeWord, Word

_ENVIRONMENT: Final = "default"


class WorkspaceOptions(ServiceOptions):
    """What both kinds take."""

    connection: ConnectionName
    """The workspace: a mapping with `host` and `token`, or `profile`, or `client_id` and
    `client_secret`, as Databricks' own tools take them; for `databricks_serverless` also
    `volume_path`, the volume that Pipes goes through."""

    args: list[Word] | None = None
    """Arguments of a Python script."""

    task: dict[str, Any] | None = None
    """Anything else that the task of a job has, by its names in Databricks' API."""

    request: dict[str, Any] | None = None
    """Anything else that a one-time run takes, by its names in Databricks' API, such as
    `timeout_seconds`."""


class DatabricksOptions(WorkspaceOptions):
    """The cluster that runs a script: a new one, or one that is there."""

    cluster: dict[str, Any] | None = None
    """A new cluster, as `new_cluster` has it: `spark_version`, `node_type_id`, `num_workers`."""

    cluster_id: SomeWord | None = None
    """The ID of an existing cluster."""

    libraries: list[dict[str, Any]] | None = None
    """What is installed on it, such as `- {pypi: {package: dagster-pipes}}`."""


class ServerlessOptions(WorkspaceOptions):
    """A script that runs without a cluster of its own."""

    dependencies: list[Word] | None = None
    """What is installed for it, such as `dagster-pipes`."""

    environment_version: SomeWord = "2"
    """The version of Databricks' environment for serverless jobs."""


def task_of(options: DatabricksOptions, place: str, script: str) -> dict[str, Any]:
    """The task of a job on a cluster."""
    found = {
        "new_cluster": options.cluster,
        "existing_cluster_id": options.cluster_id,
        "libraries": options.libraries,
    }
    own = {name: value for name, value in found.items() if value is not None}
    return {**(options.task or {}), **_task(options, place, script), **own}


def serverless_task_of(options: ServerlessOptions, place: str, script: str) -> dict[str, Any]:
    """The task of a job without a cluster."""
    task = {**(options.task or {}), **_task(options, place, script)}
    return task if "notebook_task" in task else {**task, "environment_key": _ENVIRONMENT}


def environment_of(options: ServerlessOptions) -> dict[str, Any]:
    """What is installed for that task."""
    spec = {
        "client": options.environment_version,
        "dependencies": list(options.dependencies or ()),
    }
    return {"environment_key": _ENVIRONMENT, "spec": spec}


def _task(options: WorkspaceOptions, place: str, script: str) -> dict[str, Any]:
    key = re.sub(r"[^A-Za-z0-9_-]", "_", script.removeprefix("defs/").rpartition(".")[0])[:100]
    if script.endswith(".ipynb"):
        return {"task_key": key, "notebook_task": {"notebook_path": place}}
    python = {"python_file": place, "parameters": list(options.args or ())}
    return {"task_key": key, "spark_python_task": python}


DATABRICKS: Final = service_kind(
    "databricks",
    "Runs the script on a cluster of a Databricks workspace.",
    DatabricksOptions,
    needs=("dagster_databricks",),
    extra="databricks",
    endings=(".py", ".ipynb"),
    opening="""\
from dagster_pipes import PipesDbfsContextLoader, PipesDbfsMessageWriter, open_dagster_pipes

# with `cluster_id`, add `params_loader=PipesCliArgsParamsLoader()`
with open_dagster_pipes(
    context_loader=PipesDbfsContextLoader(),
    message_writer=PipesDbfsMessageWriter(),
) as pipes:
    ...
""",
    example="""\
kind: databricks
databricks:
  connection: lakehouse  # published by the platform owner
  location: dbfs:/team/scripts/  # the script's path in the project follows
  cluster: {spark_version: 15.4.x-scala2.12, node_type_id: i3.xlarge, num_workers: 1}
  libraries: [{pypi: {package: dagster-pipes}}]
""",
)
DATABRICKS_SERVERLESS: Final = service_kind(
    "databricks_serverless",
    "Runs the script in a Databricks workspace, without a cluster of its own.",
    ServerlessOptions,
    needs=("dagster_databricks",),
    extra="databricks",
    endings=(".py", ".ipynb"),
    opening="""\
from dagster_pipes import (
    PipesCliArgsParamsLoader,
    PipesUnityCatalogVolumesContextLoader,
    PipesUnityCatalogVolumesMessageWriter,
    open_dagster_pipes,
)

with open_dagster_pipes(
    context_loader=PipesUnityCatalogVolumesContextLoader(),
    message_writer=PipesUnityCatalogVolumesMessageWriter(),
    params_loader=PipesCliArgsParamsLoader(),
) as pipes:
    ...
""",
    example="""\
kind: databricks_serverless
databricks_serverless:
  connection: lakehouse  # published by the platform owner
  location: /Workspace/Shared/scripts/  # the script's path in the project follows
  dependencies: [dagster-pipes]
""",
)
