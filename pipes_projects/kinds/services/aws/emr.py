"""Kind `emr`: the script is a step of a cluster that Amazon EMR makes for it."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.aws.options import SPARK_BY_VARIABLES
from pipes_projects.kinds.services.aws.spark import EmrSparkOptions
from pipes_projects.kinds.services.kind import service_kind
from pipes_projects.manifest.model import SomeWord

SUBMIT: Final = ("spark-submit", "--deploy-mode", "cluster")


class EmrOptions(EmrSparkOptions):
    """The cluster that runs a script, and is removed afterwards."""

    release: SomeWord
    """The release of EMR, such as `emr-7.5.0`."""

    instances: dict[str, Any]
    """The machines: the `Instances` of `RunJobFlow`, such as `InstanceGroups`."""

    service_role: SomeWord = "EMR_DefaultRole"
    """The role of the service."""

    instance_role: SomeWord = "EMR_EC2_DefaultRole"
    """The role of the machines."""

    request: dict[str, Any] | None = None
    """Anything else that `RunJobFlow` takes, by its names there, such as `LogUri`."""


def request_of(options: EmrOptions, place: str, name: str) -> dict[str, Any]:
    """What EMR is asked: a cluster with one step."""
    words = [*SUBMIT, *(options.spark or ()), place, *(options.args or ())]
    step = {
        "Name": name,
        "ActionOnFailure": "TERMINATE_CLUSTER",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": words},
    }
    return {
        "Name": name,
        "Applications": [{"Name": "Spark"}],
        **(options.request or {}),
        "ReleaseLabel": options.release,
        "Instances": options.instances,
        "ServiceRole": options.service_role,
        "JobFlowRole": options.instance_role,
        "Steps": [step],
    }


EMR: Final = service_kind(
    "emr",
    "Runs the script with Spark, on a cluster that Amazon EMR makes for it.",
    EmrOptions,
    needs=("dagster_aws",),
    extra="aws",
    endings=(".py",),
    opening=SPARK_BY_VARIABLES,
    example="""\
kind: emr
emr:
  connection: aws  # published by the platform owner
  location: s3://team-code/scripts/  # the script's path in the project follows
  release: emr-7.5.0
  instances:
    InstanceGroups:
      - {InstanceRole: MASTER, InstanceType: m5.xlarge, InstanceCount: 1}
""",
)
