"""What runs scripts in the tests of every kind, if that is a service: a server of ours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.kinds.backends import Backend
from tests.kinds.services.servers.amazon import amazon
from tests.kinds.services.servers.amazons_jobs import SERVICES, Service
from tests.kinds.services.servers.jobs import PLACE, Jobs
from tests.kinds.services.servers.kubernetes import kubernetes
from tests.support.dagster.running import ROOT

SILENT = "; its script reported no error: look into the job's log"


@dataclass(frozen=True)
class OfService(Backend):
    """A kind whose scripts are jobs of a service, and that only Dagster runs."""

    jobs: Jobs = field(default_factory=Jobs)
    failure: str = ""
    """What the client says of a job that has failed, as a pattern."""
    soon: str = ""
    cut: str = "is not JSON"
    asked: tuple[str, ...] = ("--dagster",)
    program: str = "tests.kinds.services.hurried"
    starts_within: int = 10

    def content(self, script: str) -> str:
        """See `Backend`: the service has a module that opens Pipes in its way."""
        usual = "from dagster_pipes import open_dagster_pipes"
        return script.replace(usual, "from opening import open_dagster_pipes")

    def says(self, text: str) -> str:
        """See `Backend`."""
        return f"import opening\nopening.write({text!r})\n"

    def failed(self, _: str) -> str:
        """See `Backend`."""
        return self.failure

    def failed_silently(self, _: str) -> str:
        """See `Backend`."""
        return self.failure + SILENT

    def marked(self, name: str, value: str) -> dict[str, Any]:
        """See `Backend`: the service itself gives all jobs that variable."""
        self.jobs.variables[name] = value
        return {}

    def in_project(self, root: Path) -> None:
        """See `Backend`."""
        self.jobs.root = root

    def left(self) -> list[str]:
        """Jobs that nobody has stopped."""
        return [" ".join(job.words) for job in self.jobs.running()]


IN_BUCKET = """
import time
from types import SimpleNamespace
import boto3
import dagster_pipes as pipes
pipes.time = SimpleNamespace(sleep=lambda _: time.sleep(0.05), time=time.time)
s3 = boto3.client("s3")
context, params = pipes.{context}, pipes.{params}()
writer = pipes.PipesS3MessageWriter(client=s3, interval=0.2)
def open_dagster_pipes():
    parts = {{"context_loader": context, "message_writer": writer, "params_loader": params}}
    return pipes.open_dagster_pipes(**parts)
def write(text):
    place = params.load_messages_params()
    s3.put_object(Bucket=place["bucket"], Key=place["key_prefix"] + "/1.json", Body=text.encode())
"""
IN_LOG = """
import sys
from dagster_pipes import open_dagster_pipes
def write(text):
    sys.stderr.write(text)
"""
FILES, VALUES = "PipesS3ContextLoader(client=s3)", "PipesDefaultContextLoader()"
ARGUMENTS, VARIABLES = "PipesCliArgsParamsLoader", "PipesEnvVarParamsLoader"
OPENINGS = {
    "ecs": IN_BUCKET.format(context=FILES, params=VARIABLES),
    "glue": IN_BUCKET.format(context=FILES, params=ARGUMENTS),
    **dict.fromkeys(
        ("emr", "emr_serverless", "emr_containers"),
        IN_BUCKET.format(context=VALUES, params=VARIABLES),
    ),
}
KEYS = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "hunter22-of+the=team",
}


@contextmanager
def _amazons(service: type[Service], folder: Path) -> Iterator[Backend]:
    (folder / "opening.py").write_text(OPENINGS[service.kind], "utf-8")
    with amazon() as account:
        account.shared = str(folder)
        service(account)
        reached = {"bucket": "pipes", "region_name": "eu-west-1", "endpoint_url": account.url}
        own: dict[str, Any] = {}
        if service.kind == "glue":
            own = {"takes_arguments": False, "arguments": '["--n=5", "a b"]'}
        yield OfService(
            service.kind,
            {"connection": "amazon", "location": PLACE, **service.options},
            environment={"PYTHONPATH": str(ROOT)},
            connections={"amazon": {**reached, **KEYS}},
            takes_variables=service.kind == "ecs",
            echoes=2,  # what dagster_pipes sends of it, it also sends as standard output
            jobs=account,
            failure=service.failure,
            **own,
        )


@contextmanager
def _k8s(folder: Path) -> Iterator[Backend]:
    (folder / "opening.py").write_text(IN_LOG, "utf-8")
    with kubernetes(folder) as (cluster, config):
        cluster.shared = str(folder)
        reached = {"kubeconfig_file": str(config), "poll_interval": 0.1, "namespace": "work"}
        yield OfService(
            "k8s",
            {"connection": "cluster", "location": PLACE, "image": "scripts"},
            environment={"PYTHONPATH": str(ROOT)},
            connections={"cluster": reached},
            jobs=cluster,
            failure=r"Pod dagster-\S+ .*",
            cut="was cut, as logs do with long lines: report less at once",
        )


def _of(service: type[Service]) -> Callable[[Path], AbstractContextManager[Backend]]:
    return lambda folder: _amazons(service, folder)


BACKENDS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "k8s": _k8s,
    **{kind: _of(service) for kind, service in SERVICES.items()},
}
