"""The kinds that come with this package: to add one, write it into this table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipes_projects.kinds.aws_lambda.kind import LAMBDA
from pipes_projects.kinds.docker.kind import DOCKER
from pipes_projects.kinds.external import EXTERNAL
from pipes_projects.kinds.modal.kind import MODAL
from pipes_projects.kinds.notebook.kind import NOTEBOOK
from pipes_projects.kinds.ray.kind import RAY
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.services.aws.ecs import ECS
from pipes_projects.kinds.services.aws.emr import EMR
from pipes_projects.kinds.services.aws.emr_containers import EMR_CONTAINERS
from pipes_projects.kinds.services.aws.emr_serverless import EMR_SERVERLESS
from pipes_projects.kinds.services.aws.glue import GLUE
from pipes_projects.kinds.services.azureml import AZUREML
from pipes_projects.kinds.services.databricks import DATABRICKS, DATABRICKS_SERVERLESS
from pipes_projects.kinds.services.dataproc import DATAPROC
from pipes_projects.kinds.services.k8s import K8S
from pipes_projects.kinds.slurm.kind import SLURM
from pipes_projects.kinds.spark.kind import SPARK
from pipes_projects.kinds.sql.kind import SQL
from pipes_projects.kinds.ssh.kind import SSH
from pipes_projects.kinds.subprocess import SUBPROCESS

BUILT_IN: Final[Mapping[str, RegisteredKind]] = {
    kind.name: kind
    for kind in (
        SUBPROCESS,
        EXTERNAL,
        SQL,
        NOTEBOOK,
        DOCKER,
        SSH,
        SPARK,
        SLURM,
        LAMBDA,
        RAY,
        K8S,
        GLUE,
        ECS,
        EMR,
        EMR_SERVERLESS,
        EMR_CONTAINERS,
        DATABRICKS,
        DATABRICKS_SERVERLESS,
        DATAPROC,
        AZUREML,
        MODAL,
    )
}
DEFAULT: Final = SUBPROCESS.name
"""The kind of a manifest that does not name one."""
