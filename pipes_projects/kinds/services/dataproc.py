"""Kind `dataproc`: the script is a job of a cluster of Google's Dataproc."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.kind import ServiceOptions, service_kind
from pipes_projects.manifest.model import ConnectionName, SomeWord, Word


class DataprocOptions(ServiceOptions):
    """The cluster that runs a script with Spark."""

    connection: ConnectionName
    """Google's project: a mapping with `project`, `region`, the `bucket` for Pipes and, if need be,
    `service_account_file`."""

    cluster: SomeWord
    """The name of an existing cluster."""

    args: list[Word] | None = None
    """Arguments after the script's location."""

    properties: dict[str, Word] | None = None
    """Spark's properties, such as `spark.executor.cores: 4`."""

    job: dict[str, Any] | None = None
    """Anything else that a `Job` has, by its names in Google's API, such as `scheduling`; in
    `pyspark_job`, files for the script."""


def job_of(options: DataprocOptions, place: str) -> dict[str, Any]:
    """The job that Dataproc is asked for."""
    job = dict(options.job or {})
    placement = {**(job.get("placement") or {}), "cluster_name": options.cluster}
    python = {
        **(job.get("pyspark_job") or {}),
        "main_python_file_uri": place,
        "args": list(options.args or ()),
        "properties": dict(options.properties or {}),
    }
    return {**job, "placement": placement, "pyspark_job": python}


DATAPROC: Final = service_kind(
    "dataproc",
    "Runs the script with Spark, on a cluster of Google's Dataproc.",
    DataprocOptions,
    needs=("dagster_gcp", "google.cloud.dataproc_v1"),
    extra="dataproc",
    endings=(".py",),
    opening="""\
from dagster_pipes import (
    PipesCliArgsParamsLoader,
    PipesGCSContextLoader,
    PipesGCSMessageWriter,
    open_dagster_pipes,
)
from google.cloud.storage import Client

with open_dagster_pipes(
    context_loader=PipesGCSContextLoader(client=Client()),
    message_writer=PipesGCSMessageWriter(client=Client()),
    params_loader=PipesCliArgsParamsLoader(),
) as pipes:
    ...
""",
    example="""\
kind: dataproc
dataproc:
  connection: google  # published by the platform owner
  location: gs://team-code/scripts/  # the script's path in the project follows
  cluster: nightly
""",
)
