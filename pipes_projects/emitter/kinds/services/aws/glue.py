"""Kind `glue`: `dagster_aws.pipes.PipesGlueClient`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from typing import Any

from dagster_aws.pipes import PipesGlueClient

from pipes_projects.emitter.kinds.services.asked import Asked, Invocation
from pipes_projects.emitter.kinds.services.aws.account import Account, through_bucket
from pipes_projects.emitter.kinds.services.aws.started import Started
from pipes_projects.kinds.services.aws.glue import request_of


def prepare(asked: Asked) -> Invocation:
    """The client, and the run that it is asked for."""
    account = asked.settings(Account)
    injector, reader = through_bucket(account, asked)
    glue, request = account.client("glue"), request_of(asked.options, asked.place)

    def run(answer: Any) -> dict[str, Any]:
        return {"JobName": request["JobName"], "JobRunIds": [answer["JobRunId"]]}

    started = Started(glue, "start_job_run", "batch_stop_job_run", run)
    client = PipesGlueClient(injector, reader, glue)
    return Invocation(client, {"start_job_run_params": request}, started.stop)
