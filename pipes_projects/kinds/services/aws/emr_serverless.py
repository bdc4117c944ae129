"""Kind `emr_serverless`: the script is a job of an application of Amazon EMR Serverless."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.aws.options import SPARK_BY_VARIABLES
from pipes_projects.kinds.services.aws.spark import EmrSparkOptions, job_of
from pipes_projects.kinds.services.kind import service_kind
from pipes_projects.manifest.model import SomeWord


class EmrServerlessOptions(EmrSparkOptions):
    """The application that runs a script."""

    application: SomeWord
    """The ID of the application."""

    role: SomeWord
    """The ARN of the role that the job has."""

    request: dict[str, Any] | None = None
    """Anything else that `StartJobRun` takes, by its names there."""


def request_of(options: EmrServerlessOptions, place: str, name: str) -> dict[str, Any]:
    """What EMR Serverless is asked."""
    return {
        "name": name,
        **(options.request or {}),
        "applicationId": options.application,
        "executionRoleArn": options.role,
        "jobDriver": {"sparkSubmit": job_of(options, place)},
    }


EMR_SERVERLESS: Final = service_kind(
    "emr_serverless",
    "Runs the script with Spark, by an application of Amazon EMR Serverless.",
    EmrServerlessOptions,
    needs=("dagster_aws",),
    extra="aws",
    endings=(".py",),
    opening=SPARK_BY_VARIABLES,
    example="""\
kind: emr_serverless
emr_serverless:
  connection: aws  # published by the platform owner
  location: s3://team-code/scripts/  # the script's path in the project follows
  application: 00fabc123
  role: arn:aws:iam::123456789012:role/scripts
""",
)
