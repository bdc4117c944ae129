"""What the kinds that run scripts with Amazon's Spark have in common."""

from __future__ import annotations

import shlex
from typing import Any

from pipes_projects.kinds.services.kind import ServiceOptions
from pipes_projects.manifest.model import ConnectionName, Word


class EmrSparkOptions(ServiceOptions):
    """A script that Spark runs."""

    connection: ConnectionName
    """Amazon's account, and the bucket for Pipes: a mapping with `bucket` and, if need be, what a
    boto3 session takes, such as `region_name` and `profile_name`, and `endpoint_url`."""

    args: list[Word] | None = None
    """Arguments after the script's location."""

    spark: list[Word] | None = None
    """Arguments of `spark-submit`, such as `[--conf, spark.executor.cores=4]`."""


def job_of(options: EmrSparkOptions, place: str) -> dict[str, Any]:
    """The script, as services that run Spark without a cluster of one's own take it."""
    spark = shlex.join(options.spark or ())
    return {
        "entryPoint": place,
        **({"entryPointArguments": list(options.args)} if options.args else {}),
        **({"sparkSubmitParameters": spark} if spark else {}),
    }
