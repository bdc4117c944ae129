"""What runs scripts in the tests of every kind, if that is one of these services."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from tests.clouds.servers.azure import azure
from tests.clouds.servers.databricks import databricks
from tests.clouds.servers.google import dataproc
from tests.kinds.backends import Backend
from tests.kinds.services.backends import OfService
from tests.kinds.services.servers.jobs import PLACE, Jobs
from tests.support.dagster.running import ROOT

_AT_ONCE = """
import builtins, io, os, time
from types import SimpleNamespace
import dagster_pipes as pipes
pipes.time = SimpleNamespace(sleep=lambda _: time.sleep(0.05), time=time.time)
"""
_MOUNTED = f"""{_AT_ONCE}
opened = builtins.open
class Whole(io.StringIO):
    def __init__(self, path):
        super().__init__()
        self.path = path
    def __exit__(self, *_):
        with opened(self.path + ".part", "w") as file:
            file.write(self.getvalue())
        os.rename(self.path + ".part", self.path)
def mounted(path, mode="r", *more, **options):
    place = str(path).replace("/dbfs", os.environ["DBFS"], 1)
    is_message = "w" in mode and place.endswith(".json")
    return Whole(place) if is_message else opened(place, mode, *more, **options)
builtins.open = mounted
"""
_ON_CLUSTER = f"""{_MOUNTED}
class Writer(pipes.PipesDbfsMessageWriter):
    def get_opened_extras(self):
        return {{}}  # here is no session of Spark
context, params, root = pipes.PipesDbfsContextLoader(), pipes.PipesEnvVarParamsLoader(), "/dbfs"
writer = Writer(interval=0.2)
"""
_SERVERLESS = f"""{_MOUNTED}
context, root = pipes.PipesUnityCatalogVolumesContextLoader(), ""
params = pipes.PipesCliArgsParamsLoader()
writer = pipes.PipesUnityCatalogVolumesMessageWriter(interval=0.2)
"""
_IN_FILE = """
def write(text):
    with open(root + params.load_messages_params()["path"] + "/1.json", "w") as file:
        file.write(text)
"""
_ON_DATAPROC = f"""{_AT_ONCE}
from google.cloud.storage import Client
storage = Client(project="ours")
context, params = pipes.PipesGCSContextLoader(client=storage), pipes.PipesCliArgsParamsLoader()
writer = pipes.PipesGCSMessageWriter(client=storage, interval=0.2)
def write(text):
    place = params.load_messages_params()
    blob = storage.get_bucket(place["bucket"]).blob(place["key_prefix"] + "/1.json")
    blob.upload_from_string(text)
"""
_IN_AZURE = f"""{_AT_ONCE}
class Blob:
    def __init__(self, name):
        self.path = os.environ["AZURE_BLOBS"] + "/" + name.replace("/", "_")
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def download_blob(self): return self
    def readall(self): return open(self.path, "rb").read()
    def upload_blob(self, data):
        with open(self.path + ".part", "w") as file:
            file.write(data)
        os.rename(self.path + ".part", self.path)
blobs = SimpleNamespace(get_blob_client=lambda container, name: Blob(name))
context = pipes.PipesAzureBlobStorageContextLoader(client=blobs)
params = pipes.PipesEnvVarParamsLoader()
writer = pipes.PipesAzureBlobStorageMessageWriter(client=blobs, interval=0.2)
def write(text):
    Blob(params.load_messages_params()["key_prefix"] + "/1.json").upload_blob(text)
"""
_OPENED = """
def open_dagster_pipes():
    parts = {"context_loader": context, "message_writer": writer, "params_loader": params}
    return pipes.open_dagster_pipes(**parts)
"""


def _backend(
    kind: str,
    jobs: Jobs,
    folder: Path,
    opening: str,
    settings: Mapping[str, Any],
    options: Mapping[str, Any],
    **own: Any,
) -> Backend:
    (folder / "opening.py").write_text(opening + _OPENED, "utf-8")
    jobs.shared = str(folder)
    environment = {"PYTHONPATH": str(ROOT), **own.pop("environment", {})}
    return OfService(
        kind,
        {"connection": "service", "location": PLACE, **options},
        environment=environment,
        connections={"service": {"poll_interval": 0.2, **settings}},
        echoes=2,  # what dagster_pipes sends of it, it also sends as standard output
        jobs=jobs,
        program="tests.clouds.hurried",
        **own,
    )


@contextmanager
def _databricks(folder: Path) -> Iterator[Backend]:
    with databricks(folder / "dbfs") as (workspace, url):
        yield _backend(
            "databricks",
            workspace,
            folder,
            _ON_CLUSTER + _IN_FILE,
            {"host": url, "token": "dapi-hunter22"},
            {"cluster": {"spark_version": "15.4.x", "node_type_id": "i3", "num_workers": 1}},
            takes_variables=False,
            failure="Error running Databricks job: .*",
        )


@contextmanager
def _serverless(folder: Path) -> Iterator[Backend]:
    (volume := folder / "volume").mkdir()
    with databricks(folder / "dbfs") as (workspace, url):
        yield _backend(
            "databricks_serverless",
            workspace,
            folder,
            _SERVERLESS + _IN_FILE,
            {"host": url, "token": "dapi-hunter22", "volume_path": str(volume)},
            {},
            arguments="sys.argv[1:3]",
            takes_variables=False,
            failure="Error running Databricks job: .*",
        )


@contextmanager
def _dataproc(folder: Path) -> Iterator[Backend]:
    with dataproc() as project:
        yield _backend(
            "dataproc",
            project,
            folder,
            _ON_DATAPROC,
            {"project": "ours", "region": "europe-west1", "bucket": "pipes"},
            {"cluster": "nightly"},
            environment=project.environment,
            arguments="sys.argv[1:3]",
            takes_variables=False,
            starts_within=20,
            failure="Dataproc job failed with error: out of memory",
        )


_OF_AZURE = {
    "subscription_id": "s",
    "resource_group_name": "r",
    "workspace_name": "w",
    "account_url": "https://team.blob.core.windows.net",
    "container": "pipes",
    "tenant_id": "t",
    "client_id": "c",
    "client_secret": "hunter22-of",
}


@contextmanager
def _azureml(folder: Path) -> Iterator[Backend]:
    with azure(folder) as workspace:
        yield _backend(
            "azureml",
            workspace,
            folder,
            _IN_AZURE,
            _OF_AZURE,
            {"environment": "scripts:3"},
            environment=workspace.environment,
            failure="Error running Azure ML job: Failed",
        )


BACKENDS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "databricks": _databricks,
    "databricks_serverless": _serverless,
    "dataproc": _dataproc,
    "azureml": _azureml,
}
