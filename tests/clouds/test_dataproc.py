"""Kind `dataproc`: jobs that `PipesDataprocJobClient` submits, in Google's own protocol buffers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clouds.servers.google import Dataproc, reach_google
from tests.clouds.servers.google import dataproc as serving_dataproc
from tests.kinds.services.conftest import Make, first
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


@pytest.fixture
def dataproc(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dataproc]:
    reach_google(monkeypatch.setattr)
    with serving_dataproc() as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found
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
