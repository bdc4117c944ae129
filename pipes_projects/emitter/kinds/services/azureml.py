"""Kind `azureml`: `dagster_azure.pipes.PipesAzureMLClient`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from inspect import signature
from typing import Any

from azure.ai.ml import MLClient, command
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.storage.blob import BlobServiceClient
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster_azure.pipes import (
    PipesAzureBlobStorageContextInjector,
    PipesAzureBlobStorageMessageReader,
    PipesAzureMLClient,
)
from dagster_pipes import PipesParams

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation, Settings
from pipes_projects.emitter.kinds.services.messages import WholeLines
from pipes_projects.kinds.services.azureml import request_of


class AzureWorkspace(Settings):
    """A workspace of Azure Machine Learning, and where Pipes keeps its files."""

    subscription_id: str
    resource_group_name: str
    workspace_name: str
    account_url: str
    container: str
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    poll_interval: float = 5.0

    def credential(self) -> Any:
        """That of the client; by default whatever Azure's libraries find."""
        own = (self.tenant_id, self.client_id, self.client_secret)
        return ClientSecretCredential(*own) if all(own) else DefaultAzureCredential()


class BlobMessages(WholeLines, PipesAzureBlobStorageMessageReader):
    """Messages that come in blobs."""

    def ask_for_the_first(self, params: PipesParams) -> object:
        """See `WholeLines`."""
        with self.client.get_blob_client(self.bucket, f"{params['key_prefix']}/1.json") as blob:
            return blob.download_blob()


class Client(PipesAzureMLClient):
    """Dagster's own cancels the job when it is interrupted, and then goes on as if it had
    succeeded."""

    def _poll_til_terminating(self, job_name: str) -> None:
        super()._poll_til_terminating(job_name)
        raise DagsterExecutionInterruptedError


def prepare(asked: Asked) -> Invocation:
    """The client, and the job that it is asked for."""
    workspace, credential = _workspace(asked)
    blobs = BlobServiceClient(workspace.account_url, credential=credential)
    injector = PipesAzureBlobStorageContextInjector(container=workspace.container, client=blobs)
    reader = BlobMessages(
        container=workspace.container, client=blobs, include_stdio_in_messages=True
    )
    client = Client(
        MLClient(
            credential,
            workspace.subscription_id,
            workspace.resource_group_name,
            workspace.workspace_name,
        ),
        asked.injector(injector),
        reader.into(asked.heard),
        poll_interval_seconds=workspace.poll_interval,
    )
    return Invocation(client, {"command": _command(asked)})


def _workspace(asked: Asked) -> tuple[AzureWorkspace, Any]:
    workspace = asked.settings(AzureWorkspace)
    return workspace, workspace.credential()


def _command(asked: Asked) -> Any:
    options = asked.options
    request = request_of(options, asked.needed_place(), asked.ending, asked.path)
    for name in request.keys() - signature(command).parameters.keys():
        raise CannotAskError(f"`request.{name}` is not something that a command job of Azure takes")
    code = str(asked.script.root / options.code) if options.code else None
    return command(**request, **({"code": code} if code else {}))
