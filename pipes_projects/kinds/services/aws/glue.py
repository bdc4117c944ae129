"""Kind `glue`: the script is run by a job of AWS Glue."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.aws.options import BY_ARGUMENTS
from pipes_projects.kinds.services.kind import ServiceOptions, service_kind
from pipes_projects.manifest.model import ConnectionName, SomeWord, Word


class GlueOptions(ServiceOptions):
    """The job that runs a script."""

    connection: ConnectionName
    """Amazon's account, and the bucket for Pipes: a mapping with `bucket` and, if need be, what a
    boto3 session takes, such as `region_name` and `profile_name`, and `endpoint_url`."""

    job: SomeWord
    """The name of the job, which exists. Without a `location`, it runs its own script."""

    arguments: dict[str, Word] | None = None
    """The job's arguments, such as `--day: "{params.day}"`."""

    request: dict[str, Any] | None = None
    """Anything else that `StartJobRun` takes, by its names there, such as `WorkerType`."""


def request_of(options: GlueOptions, place: str | None) -> dict[str, Any]:
    """What Glue is asked."""
    script = {"--scriptLocation": place} if place else {}
    request = dict(options.request or {})
    given = {**(request.pop("Arguments", None) or {}), **(options.arguments or {})}
    return {**request, "JobName": options.job, "Arguments": {**given, **script}}


GLUE: Final = service_kind(
    "glue",
    "Runs the script by a job of AWS Glue.",
    GlueOptions,
    needs=("dagster_aws",),
    extra="aws",
    endings=(".py",),
    opening=BY_ARGUMENTS,
    example="""\
kind: glue
glue:
  connection: aws  # published by the platform owner
  job: nightly
  location: s3://team-code/scripts/  # the script's path in the project follows
  arguments: {--mode: full}
""",
)
