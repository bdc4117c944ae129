"""Kind `emr_containers`: the script is a job of a virtual cluster of Amazon EMR on EKS."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.aws.options import SPARK_BY_VARIABLES
from pipes_projects.kinds.services.aws.spark import EmrSparkOptions, job_of
from pipes_projects.kinds.services.kind import service_kind
from pipes_projects.manifest.model import SomeWord


class EmrContainersOptions(EmrSparkOptions):
    """The virtual cluster that runs a script."""

    virtual_cluster: SomeWord
    """The ID of the virtual cluster."""

    role: SomeWord
    """The ARN of the role that the job has."""

    release: SomeWord
    """The release of EMR, such as `emr-7.5.0-latest`."""

    request: dict[str, Any] | None = None
    """Anything else that `StartJobRun` takes, by its names there."""


def request_of(options: EmrContainersOptions, place: str, name: str) -> dict[str, Any]:
    """What EMR on EKS is asked."""
    return {
        "name": name,
        **(options.request or {}),
        "virtualClusterId": options.virtual_cluster,
        "executionRoleArn": options.role,
        "releaseLabel": options.release,
        "jobDriver": {"sparkSubmitJobDriver": job_of(options, place)},
    }


EMR_CONTAINERS: Final = service_kind(
    "emr_containers",
    "Runs the script with Spark, on a virtual cluster of Amazon EMR on EKS.",
    EmrContainersOptions,
    needs=("dagster_aws",),
    extra="aws",
    endings=(".py",),
    opening=SPARK_BY_VARIABLES,
    example="""\
kind: emr_containers
emr_containers:
  connection: aws  # published by the platform owner
  location: s3://team-code/scripts/  # the script's path in the project follows
  virtual_cluster: abc123
  role: arn:aws:iam::123456789012:role/scripts
  release: emr-7.5.0-latest
""",
)
