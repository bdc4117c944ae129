"""Lambda and S3 on this machine: moto runs functions in containers of a Docker daemon."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipes_projects.kinds.drivers.errand import pipes_library
from tests.support.servers.dockerd import IMAGE, PYTHON
from tests.support.servers.storages import free_port, served

_RUNTIME = """
import importlib, json, sys, traceback
sys.path.insert(0, "/var/task")
module, _, name = sys.argv[1].rpartition(".")
print("START RequestId: 1", file=sys.stderr)
try:
    answer, code = getattr(importlib.import_module(module), name)(json.loads(sys.argv[2]), None), 0
except BaseException as error:
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[1:])
    answer = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": frames}
    code = 1
print("END RequestId: 1", file=sys.stderr, flush=True)
print(json.dumps(answer))
sys.exit(code)
"""
OBJECTS = """
import os, urllib.request

class Objects:
    def put_object(self, Body, Bucket, Key):
        url = f"{os.environ['OBJECTS']}/{Bucket}/{Key}"
        text = {"Content-Type": "text/plain"}
        urllib.request.urlopen(
            urllib.request.Request(url, Body.encode(), text, method="PUT")).close()
"""
"""All that `PipesS3MessageWriter` needs of boto3, which would make an image of 100 MB."""


class Account:
    """One with a bucket, and the functions that a test makes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = {
            "endpoint_url": url,
            "region_name": "eu-central-1",
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "of+the/owner",
        }
        self.in_bucket = {**self.connection, "bucket": "messages", "prefix": "dagster"}
        self.client("s3").create_bucket(
            Bucket="messages",
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        )
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = self.client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=policy)
        self.role = role["Role"]["Arn"]

    def client(self, service: str) -> Any:
        """Of the owner."""
        import boto3

        return boto3.client(service, **self.connection)

    def deploy(self, name: str, files: Mapping[str, str], handler: str) -> None:
        """Make a function of some files, and of what it needs."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path, text in {**files, "objects.py": OBJECTS}.items():
                archive.writestr(path, text)
            library = pipes_library()
            for source in library.rglob("*.py"):
                archive.write(source, source.relative_to(library.parent))
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=self.role,
            Handler=handler,
            Code={"ZipFile": buffer.getvalue()},
            Environment={"Variables": {"OBJECTS": self.url}},
        )

    def objects(self) -> list[str]:
        """The keys in the bucket."""
        found = self.client("s3").list_objects_v2(Bucket="messages").get("Contents", [])
        return [entry["Key"] for entry in found]


@contextmanager
def account(folder: Path, docker_host: str) -> Iterator[Account]:
    """An account whose functions run on a Docker daemon, which has the image of the tests."""
    import docker

    client = docker.DockerClient(base_url=docker_host)
    client.images.get(IMAGE).tag("busybox", "latest")  # which moto unpacks functions with
    (folder / "runtime.py").write_text(_RUNTIME)
    lines = [f"FROM {IMAGE}", "COPY runtime.py /", f'ENTRYPOINT ["{PYTHON}", "-u", "/runtime.py"]']
    (folder / "Dockerfile").write_text("\n".join(lines))
    client.images.build(path=str(folder), tag="lambda-test:latest", network_mode="none")
    port = free_port()
    more = {
        "DOCKER_HOST": docker_host,
        "MOTO_DOCKER_LAMBDA_IMAGE": "lambda-test:latest",
        "MOTO_DOCKER_NETWORK_MODE": "host",
        "MOTO_PORT": str(port),
    }
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with served(words, port, env={**os.environ, **more}):
        yield Account(f"http://127.0.0.1:{port}")
