"""Kind `azureml`: command jobs as Azure's own classes build and check them.

Azure's client sends them in dozens of requests: here, its `create_or_update` alone is replaced.
"""

import shlex
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from azure.ai.ml import MLClient
from azure.ai.ml.entities import Command
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from tests.kinds.services.conftest import Make, first
from tests.kinds.services.servers.jobs import Jobs
from tests.support.folder import Folder

SCRIPT = """
import os, sys
from pathlib import Path
from dagster_pipes import (
    PipesAzureBlobStorageContextLoader, PipesAzureBlobStorageMessageWriter, open_dagster_pipes,
)
class Blob:
    def __init__(self, name): self.path = Path(os.environ["BLOBS"], name.replace("/", "_"))
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def download_blob(self): return self
    def readall(self): return self.path.read_bytes()
    def upload_blob(self, data): self.path.write_text(data)
class Blobs:
    def get_blob_client(self, container, name): return Blob(name)
with open_dagster_pipes(
    context_loader=PipesAzureBlobStorageContextLoader(client=Blobs()),
    message_writer=PipesAzureBlobStorageMessageWriter(client=Blobs()),
) as pipes:
    rows = {"rows": 100, "table": pipes.get_extra("table"), "args": sys.argv[1:]}
    pipes.report_asset_materialization(metadata=rows)
"""
MANIFEST = "extras: {table: orders}\nparams: {day: monday}\n"


class Azure(Jobs):
    """A workspace that runs commands here."""

    def __init__(self, blobs: str) -> None:
        super().__init__()
        self.blobs = blobs
        self.commands: list[Command] = []
        self.cancelled: list[str] = []

    def create(self, command: Command) -> Any:
        command._validate(raise_error=True)
        assert command._to_job()._to_rest_object()
        self.commands.append(command)
        variables = {**command.environment_variables, "BLOBS": self.blobs}
        self.start(shlex.split(command.command), variables)
        return SimpleNamespace(name="calm_sky")

    def get(self, _: str) -> Any:
        code = self.all[-1].code
        status = "Running" if code is None else "Failed" if code else "Completed"
        return SimpleNamespace(status="Canceled" if self.cancelled else status)

    def begin_cancel(self, name: str) -> None:
        self.cancelled.append(name)
        self.all[-1].kill()


class Blob:
    """A blob, as a file."""

    def __init__(self, path: Any) -> None:
        self.path = path

    def __enter__(self) -> "Blob":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def exists(self) -> bool:
        return bool(self.path.exists())

    def upload_blob(self, data: bytes) -> None:
        self.path.write_bytes(data)

    def delete_blob(self) -> None:
        self.path.unlink()

    def download_blob(self) -> "Blob":
        if not self.exists():
            raise ResourceNotFoundError
        return self

    def readall(self) -> bytes:
        return bytes(self.path.read_bytes())


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Azure]:
    blobs = tmp_path / "blobs"
    blobs.mkdir()
    found = Azure(str(blobs))
    monkeypatch.setattr(MLClient, "create_or_update", lambda _, command: found.create(command))
    monkeypatch.setattr(MLClient, "jobs", found)
    monkeypatch.setattr(
        BlobServiceClient,
        "get_blob_client",
        lambda _, __, name: Blob(blobs / name.replace("/", "_")),
    )
    yield found
    assert found.running() == []


def run(folder: Folder, make: Make, text: str, more: str = "", manifest: str = MANIFEST) -> Any:
    """A script on serverless compute, unless `more` says otherwise."""
    settings = {
        "subscription_id": "s",
        "resource_group_name": "r",
        "workspace_name": "w",
        "account_url": "https://team.blob.core.windows.net",
        "container": "pipes",
        "tenant_id": "t",
        "client_id": "c",
        "client_secret": "hunter22-of",
    }
    block = f"connection: azure, location: {folder.root}/, environment: 'scripts:3'{more}"
    connections = {"azure": {**settings, "poll_interval": 0.2}}
    return make("azureml", connections, f"{manifest}azureml: {{{block}}}\n", text)


def test_the_job_is_what_the_manifest_says_and_what_it_reports_counts(
    azure: Azure, folder: Folder, make: Make
) -> None:
    more = (
        ', compute: cpu-cluster, args: ["{params.day}"], env: {MODE: full},'
        " request: {instance_count: 2}"
    )
    made = run(folder, make, SCRIPT, more)
    assert made.failures == {}
    assert made.metadata["g/a"] == {
        "AzureML Job Name": "calm_sky",
        "rows": 100,
        "table": "orders",
        "args": ["monday"],
    }
    (command,) = azure.commands
    assert command.command == f"python -u {folder.root}/defs/g/a.py monday"
    assert (command.compute, command.environment) == ("cpu-cluster", "scripts:3")
    assert command.resources.instance_count == 2
    assert command.environment_variables.keys() == {
        *("MODE", "DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"),
    }


def test_a_job_that_fails_says_where_to_look(azure: Azure, folder: Folder, make: Make) -> None:
    made = run(folder, make, "raise SystemExit(3)\n")
    assert first(made) == (
        "defs/g/a.py: Error running Azure ML job: Failed; its script reported no error: look into"
        " the job's log"
    )
    assert len(azure.commands) == 1


def test_a_time_limit_cancels_the_job_and_fails_the_run(
    azure: Azure, folder: Folder, make: Make
) -> None:
    made = run(folder, make, "import time\ntime.sleep(60)\n", manifest="timeout: 2s\n")
    assert first(made) == "defs/g/a.py: timed out after 2s"
    assert azure.cancelled == ["calm_sky"]


def test_what_a_job_does_not_take_is_never_sent(azure: Azure, folder: Folder, make: Make) -> None:
    made = run(folder, make, "", ", request: {mood: good}")
    assert first(made) == (
        "defs/g/a.py: `request.mood` is not something that a command job of Azure takes"
    )
    assert azure.commands == []
