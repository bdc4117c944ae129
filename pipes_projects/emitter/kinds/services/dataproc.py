"""Kind `dataproc`: `dagster_gcp.pipes.PipesDataprocJobClient`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from typing import Any

from dagster_gcp.pipes import (
    PipesDataprocJobClient,
    PipesGCSContextInjector,
    PipesGCSMessageReader,
)
from dagster_pipes import PipesParams
from google.cloud.dataproc_v1 import JobControllerClient
from google.cloud.dataproc_v1.types.jobs import Job, SubmitJobRequest
from google.cloud.storage import Client
from google.oauth2.service_account import Credentials

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation, Settings
from pipes_projects.emitter.kinds.services.messages import WholeLines
from pipes_projects.kinds.services.dataproc import job_of


class GoogleProject(Settings):
    """A project of Google's, and where Pipes keeps its files."""

    project: str
    region: str
    bucket: str
    service_account_file: str | None = None
    poll_interval: float = 5.0

    def credentials(self) -> Any:
        """Those of the service account; by default whatever Google's libraries find."""
        if self.service_account_file is None:
            return None
        return Credentials.from_service_account_file(self.service_account_file)


class GcsMessages(WholeLines, PipesGCSMessageReader):
    """Messages that come in files of a bucket."""

    def ask_for_the_first(self, params: PipesParams) -> object:
        """See `WholeLines`."""
        blob = self.client.bucket(self.bucket).blob(f"{params['key_prefix']}/1.json")
        return blob.download_as_bytes()


def prepare(asked: Asked) -> Invocation:
    """The client, and the job that it is asked for."""
    settings, place = asked.settings(GoogleProject), asked.needed_place()
    credentials = settings.credentials()
    storage = Client(project=settings.project, credentials=credentials)
    reader = GcsMessages(bucket=settings.bucket, client=storage, include_stdio_in_messages=True)
    client = PipesDataprocJobClient(
        message_reader=reader.into(asked.heard),
        client=JobControllerClient(
            credentials=credentials,
            client_options={"api_endpoint": f"{settings.region}-dataproc.googleapis.com:443"},
        ),
        context_injector=asked.injector(
            PipesGCSContextInjector(bucket=settings.bucket, client=storage)
        ),
        poll_interval=settings.poll_interval,
    )
    request = SubmitJobRequest(
        project_id=settings.project, region=settings.region, job=_job(asked, place)
    )
    return Invocation(client, {"submit_job_params": {"request": request}})


def _job(asked: Asked, place: str) -> Job:
    try:
        return Job(job_of(asked.options, place))
    except (TypeError, ValueError) as error:
        raise CannotAskError(f"Dataproc does not know such a job: {error}") from None
