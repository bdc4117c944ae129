"""Kind `dataproc`: jobs that `PipesDataprocJobClient` submits, in Google's own protocol buffers."""

import json
import re
from collections.abc import Iterator
from concurrent import futures
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import google.auth
import grpc
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.dataproc_v1.services.job_controller.transports import JobControllerGrpcTransport
from google.cloud.dataproc_v1.types.jobs import (
    CancelJobRequest,
    GetJobRequest,
    Job,
    JobStatus,
    SubmitJobRequest,
)

from tests.kinds.services.conftest import Make, first
from tests.kinds.services.servers.jobs import Jobs
from tests.kinds.services.servers.serving import Handler, serving
from tests.support.folder import Folder

SCRIPT = """
import sys
from dagster_pipes import (
    PipesCliArgsParamsLoader, PipesGCSContextLoader, PipesGCSMessageWriter, open_dagster_pipes,
)
from google.cloud.storage import Client
with open_dagster_pipes(
    context_loader=PipesGCSContextLoader(client=Client(project="ours")),
    message_writer=PipesGCSMessageWriter(client=Client(project="ours")),
    params_loader=PipesCliArgsParamsLoader(),
) as pipes:
    rows = {"rows": 100, "table": pipes.get_extra("table"), "args": sys.argv[1:2]}
    pipes.report_asset_materialization(metadata=rows)
"""
MANIFEST = "extras: {table: orders}\nparams: {day: monday}\n"


class Dataproc(Jobs):
    """Takes requests as Google's servers do, and runs the script."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[SubmitJobRequest] = []
        self.cancelled: list[str] = []
        self.url = ""

    def submit(self, request: SubmitJobRequest, _: Any) -> Job:
        self.submitted.append(request)
        python = request.job.pyspark_job
        words = ["python", python.main_python_file_uri, *python.args]
        self.start(words, {"STORAGE_EMULATOR_HOST": self.url})
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


@pytest.fixture
def dataproc(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataproc]:
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
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def channel(*_: Any, **__: Any) -> grpc.Channel:
        return grpc.insecure_channel(f"127.0.0.1:{port}")

    monkeypatch.setattr(JobControllerGrpcTransport, "create_channel", channel)
    monkeypatch.setattr(google.auth, "default", lambda **_: (AnonymousCredentials(), "ours"))

    class Api(Storage):
        files: dict[str, bytes] = {}  # noqa: RUF012

    with serving(Api) as found.url:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", found.url)
        yield found
    server.stop(None)
    assert found.running() == []


def run(folder: Folder, make: Make, text: str, more: str = "", manifest: str = MANIFEST) -> Any:
    """A script on the cluster `nightly`."""
    settings = {"project": "ours", "region": "europe-west1", "bucket": "pipes"}
    block = f"connection: google, location: {folder.root}/, cluster: nightly{more}"
    connections = {"google": {**settings, "poll_interval": 0.2}}
    return make("dataproc", connections, f"{manifest}dataproc: {{{block}}}\n", text)


def test_the_job_is_what_the_manifest_says_and_what_it_reports_counts(
    dataproc: Dataproc, folder: Folder, make: Make
) -> None:
    more = (
        ', args: ["{params.day}"], properties: {spark.executor.cores: 4},'
        " job: {scheduling: {max_failures_per_hour: 2}, pyspark_job: {jar_file_uris: [gs://a/b]}}"
    )
    made = run(folder, make, SCRIPT, more)
    assert made.failures == {}
    assert made.metadata["g/a"] == {
        "GCP Dataproc Job ID": "job-1",
        "rows": 100,
        "table": "orders",
        "args": ["monday"],
    }
    (request,) = dataproc.submitted
    assert (request.project_id, request.region) == ("ours", "europe-west1")
    job = request.job
    assert job.placement.cluster_name == "nightly"
    assert job.scheduling.max_failures_per_hour == 2
    assert job.pyspark_job.main_python_file_uri == f"{folder.root}/defs/g/a.py"
    assert dict(job.pyspark_job.properties) == {"spark.executor.cores": "4"}
    assert list(job.pyspark_job.jar_file_uris) == ["gs://a/b"]
    assert [word for word in job.pyspark_job.args if len(word) < 30] == [
        "monday",
        "--dagster-pipes-context",
        "--dagster-pipes-messages",
    ]


def test_a_job_that_fails_says_why(dataproc: Dataproc, folder: Folder, make: Make) -> None:
    made = run(folder, make, "raise SystemExit(3)\n")
    assert first(made) == (
        "defs/g/a.py: Dataproc job failed with error: out of memory; its script reported no error:"
        " look into the job's log"
    )
    assert len(dataproc.submitted) == 1


def test_a_time_limit_cancels_the_job(dataproc: Dataproc, folder: Folder, make: Make) -> None:
    made = run(folder, make, "import time\ntime.sleep(60)\n", manifest="timeout: 2s\n")
    assert first(made) == "defs/g/a.py: timed out after 2s"
    assert dataproc.cancelled == ["job-1"]


def test_what_a_job_does_not_have_is_never_sent(
    dataproc: Dataproc, folder: Folder, make: Make
) -> None:
    made = run(folder, make, "", ", job: {mood: good}")
    assert first(made).startswith("defs/g/a.py: Dataproc does not know such a job: ")
    assert "mood" in first(made)
    assert dataproc.submitted == []
