"""Kind `azureml`: the script is a command job of an Azure Machine Learning workspace."""

from __future__ import annotations

import shlex
from typing import Any, Final

from pipes_projects.kinds.services.kind import ServiceOptions, program_of, service_kind
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import ConnectionName, RelativeFolder, SomeWord, Word
from pipes_projects.manifest.values.environment import VariableName


class AzureMLOptions(ServiceOptions):
    """The job that runs a script."""

    connection: ConnectionName
    """The workspace: a mapping with `subscription_id`, `resource_group_name`, `workspace_name`; for
    Pipes, `account_url` and `container` of a blob storage; and, if need be, `tenant_id`,
    `client_id` and `client_secret`."""

    environment: SomeWord
    """The environment, as `name:version`, `name@label` or `azureml:…`."""

    compute: SomeWord | None = None
    """The compute target; by default serverless compute."""

    code: RelativeFolder | None = None
    """A folder, relative to this file, that is sent along; `location` is then a path in it."""

    command: Command | None = None
    """The program in the environment, and its arguments; the script's location follows. By default
    whatever fits the script's ending."""

    args: list[Word] | None = None
    """Arguments after the script's location."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables of the job."""

    request: dict[str, Any] | None = None
    """Anything else that a command job takes, by its names in Azure's SDK, such as
    `instance_count`."""


def request_of(options: AzureMLOptions, place: str, ending: str, name: str) -> dict[str, Any]:
    """What becomes of the options, as arguments of `azure.ai.ml.command`."""
    words = [*(options.command or program_of(ending)), place, *(options.args or ())]
    found = {
        "command": shlex.join(words),
        "environment": options.environment,
        "compute": options.compute,
        "environment_variables": {
            name: value for name, value in (options.env or {}).items() if value is not None
        },
    }
    given = {name: value for name, value in found.items() if value is not None}
    return {"display_name": name, **(options.request or {}), **given}


AZUREML: Final = service_kind(
    "azureml",
    "Runs the script as a job of an Azure Machine Learning workspace.",
    AzureMLOptions,
    needs=("dagster_azure",),
    extra="azureml",
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    opening="""\
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient
from dagster_pipes import (
    PipesAzureBlobStorageContextLoader,
    PipesAzureBlobStorageMessageWriter,
    open_dagster_pipes,
)

blobs = BlobServiceClient("https://team.blob.core.windows.net", DefaultAzureCredential())
with open_dagster_pipes(
    context_loader=PipesAzureBlobStorageContextLoader(client=blobs),
    message_writer=PipesAzureBlobStorageMessageWriter(client=blobs),
) as pipes:
    ...
""",
    example="""\
kind: azureml
azureml:
  connection: azure  # published by the platform owner
  environment: scripts:3
  compute: cpu-cluster
  location: /app/  # the script's path in the project follows
""",
)
