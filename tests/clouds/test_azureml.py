"""Kind `azureml`: command jobs as Azure's own classes build and check them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clouds.servers.azure import Azure, reach_azure
from tests.clouds.servers.azure import azure as serving_azure
from tests.kinds.services.conftest import Make, first
from tests.support.folder import Folder

SCRIPT = """
import os, sys
from pathlib import Path
from dagster_pipes import (
    PipesAzureBlobStorageContextLoader, PipesAzureBlobStorageMessageWriter, open_dagster_pipes,
)
class Blob:
    def __init__(self, name): self.path = Path(os.environ["AZURE_BLOBS"], name.replace("/", "_"))
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


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Azure]:
    reach_azure(monkeypatch.setattr)
    with serving_azure(tmp_path) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
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
    (command,) = azure.sent
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
    assert len(azure.sent) == 1


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
    assert azure.sent == []
