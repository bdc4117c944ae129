"""Google's Dataproc and its storage: requests in Google's own protocol buffers, and files."""

import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google.auth
import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud.dataproc_v1.services.job_controller.transports import JobControllerGrpcTransport
from google.cloud.dataproc_v1.types.jobs import (
    CancelJobRequest,
    GetJobRequest,
    Job,
    JobStatus,
    SubmitJobRequest,
)

from tests.kinds.services.servers.jobs import Jobs
from tests.kinds.services.servers.serving import Handler, serving

JOBS, STORAGE = "DATAPROC", "STORAGE_EMULATOR_HOST"
"""The variables that name the two, in all processes."""


class Dataproc(Jobs):
    """Takes requests as Google's servers do, and runs the script."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[SubmitJobRequest] = []
        self.cancelled: list[str] = []
        self.url, self.place = "", ""

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in order to reach both."""
        return {JOBS: self.place, STORAGE: self.url}

    def submit(self, request: SubmitJobRequest, _: Any) -> Job:
        self.submitted.append(request)
        python = request.job.pyspark_job
        words = ["python", python.main_python_file_uri, *python.args]
        self.start(words, {STORAGE: self.url})
        return self.job("RUNNING")

    def get(self, _: GetJobRequest, __: Any) -> Job:
        code = self.all[-1].code
        return self.job("RUNNING" if code is None else "ERROR" if code else "DONE")

    def cancel(self, request: CancelJobRequest, _: Any) -> Job:
        self.cancelled.append(request.job_id)
        self.all[-1].kill()
        return self.job("CANCELLED")

    def job(self, state: str) -> Job:
        status = JobStatus(state=JobStatus.State[state], details="out of memory")
        return Job(job_uuid="job-1", status=status, done=state != "RUNNING")


class Storage(Handler):
    """Google's storage: a bucket, and files in it."""

    files: dict[str, bytes]

    def do_POST(self) -> None:  # noqa: N802
        parts = self.body().split(b"\r\n")
        if "uploadType=multipart" in self.path:
            found = re.search(rb"\{.*\}", b"\r\n".join(parts[:5]))
            name = json.loads(found[0])["name"] if found else ""
            content = b"\r\n".join(parts).split(b"\r\n\r\n", 2)[2].rpartition(b"\r\n--")[0]
        else:
            name, content = parse_qs(urlsplit(self.path).query)["name"][0], b"\r\n".join(parts)
        self.files[name] = content
        self.answer(json.dumps({"name": name, "bucket": "pipes"}).encode())

    def do_GET(self) -> None:  # noqa: N802
        url = urlsplit(self.path)
        bucket, _, name = url.path.partition("/o/")
        name = unquote(name)
        if not name:
            self.answer(json.dumps({"name": bucket.rpartition("/")[2]}).encode())
        elif name not in self.files:
            self.answer(b"{}", 404)
        elif "media" in url.query:
            self.answer(self.files[name], kind="application/octet-stream")
        else:
            self.answer(json.dumps({"name": name, "bucket": "pipes"}).encode())

    def do_DELETE(self) -> None:  # noqa: N802
        self.files.pop(unquote(self.path.partition("/o/")[2].partition("?")[0]), None)
        self.answer(b"", 204)


@contextmanager
def dataproc() -> Iterator[Dataproc]:
    """Both, on this machine."""
    found = Dataproc()
    server = grpc.server(futures.ThreadPoolExecutor(4))
    methods = {
        "SubmitJob": (found.submit, SubmitJobRequest),
        "GetJob": (found.get, GetJobRequest),
        "CancelJob": (found.cancel, CancelJobRequest),
    }
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            does, request_deserializer=kind.deserialize, response_serializer=Job.serialize
        )
        for name, (does, kind) in methods.items()
    }
    service = "google.cloud.dataproc.v1.JobController"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    found.place = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()

    class Api(Storage):
        files: dict[str, bytes] = {}  # noqa: RUF012

    with serving(Api) as found.url:
        yield found
    server.stop(None)


def reach_google(set_: Callable[[Any, str, Any], object]) -> None:
    """Google's clients reach what variables name, and need no credentials."""

    def channel(*_: Any, **__: Any) -> grpc.Channel:
        return grpc.insecure_channel(os.environ[JOBS])

    set_(JobControllerGrpcTransport, "create_channel", channel)
    set_(google.auth, "default", lambda **_: (AnonymousCredentials(), "ours"))
