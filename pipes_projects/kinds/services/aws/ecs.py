"""Kind `ecs`: the script runs in a task of Amazon's Elastic Container Service."""

from __future__ import annotations

from typing import Any, Final

from pipes_projects.kinds.services.aws.options import VARIABLES_OR_LOG
from pipes_projects.kinds.services.kind import ServiceOptions, program_of, service_kind
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import ConnectionName, SomeWord, Word
from pipes_projects.manifest.values.environment import VariableName


class EcsOptions(ServiceOptions):
    """The task that a script runs in."""

    connection: ConnectionName
    """Amazon's account: a mapping with what a boto3 session takes, such as `region_name` and
    `profile_name`, and `endpoint_url`. With a `bucket`, Pipes goes through files in it; without,
    by variables and by the container's log in CloudWatch, which cuts messages over 16 KB."""

    task: SomeWord
    """The task definition, as `family` or `family:revision`."""

    container: SomeWord
    """The container of that task that runs the script."""

    cluster: SomeWord | None = None
    """The cluster; by default the account's default one."""

    command: Command | None = None
    """The program in the container, and its arguments; the script's location follows, if it is
    known. By default whatever fits the script's ending, or without a location what the container
    starts."""

    args: list[Word] | None = None
    """Arguments after the script's location."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables of the container."""

    request: dict[str, Any] | None = None
    """Anything else that `RunTask` takes, by its names there, such as `launchType` and
    `networkConfiguration`."""


def request_of(options: EcsOptions, place: str | None, ending: str) -> dict[str, Any]:
    """What ECS is asked."""
    program = options.command or (program_of(ending) if place else [])
    words = [*program, *((place,) if place else ()), *(options.args or ())]
    env = [
        {"name": name, "value": value}
        for name, value in (options.env or {}).items()
        if value is not None
    ]
    own = {"name": options.container, "environment": env, **({"command": words} if words else {})}
    request = dict(options.request or {})
    overrides = dict(request.get("overrides") or {})
    overrides["containerOverrides"] = [own, *(overrides.get("containerOverrides") or ())]
    cluster = {"cluster": options.cluster} if options.cluster else {}
    return {**request, **cluster, "taskDefinition": options.task, "overrides": overrides}


ECS: Final = service_kind(
    "ecs",
    "Runs the script in a task of Amazon's Elastic Container Service.",
    EcsOptions,
    needs=("dagster_aws",),
    extra="aws",
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    opening=VARIABLES_OR_LOG,
    example="""\
kind: ecs
ecs:
  connection: aws  # published by the platform owner
  task: scripts
  container: script
  location: /app/  # the script's path in the project follows
  request: {launchType: FARGATE}
""",
)
