"""Kind `ecs`: `dagster_aws.pipes.PipesECSClient`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from typing import Any

from dagster_aws.pipes import PipesECSClient

from pipes_projects.emitter.kinds.services.asked import Asked, Invocation
from pipes_projects.emitter.kinds.services.aws.account import Account, through_log
from pipes_projects.emitter.kinds.services.aws.started import Started
from pipes_projects.kinds.services.aws.ecs import request_of


class Client(PipesECSClient):
    """Dagster's own asks boto3 to stop a task of no cluster, unless the request has one."""

    def _terminate(self, context: Any, wait_response: Any, cluster: str | None = None) -> None:
        known = cluster or wait_response["tasks"][0]["clusterArn"]
        super()._terminate(context, wait_response, known)


def prepare(asked: Asked) -> Invocation:
    """The client, and the task that it is asked for."""
    account = asked.settings(Account)
    injector, reader = through_log(account, asked)
    ecs = account.client("ecs")
    ecs.meta.events.register("after-call.ecs.DescribeTaskDefinition", _forget_nameless_logs)
    started = Started(ecs, "run_task", "stop_task", _task)
    client = Client(ecs, injector, reader)
    parameters = {
        "run_task_params": request_of(asked.options, asked.place, asked.ending),
        "pipes_container_name": asked.options.container,
    }
    return Invocation(client, parameters, started.stop)


def _forget_nameless_logs(parsed: dict[str, Any], **_: Any) -> None:
    """Where a log has no prefix, Docker names it: Dagster's client, once it has started the task,
    would fail for want of that name."""
    for container in parsed.get("taskDefinition", {}).get("containerDefinitions", ()):
        options = container.get("logConfiguration", {}).get("options", {})
        if not options.keys() >= {"awslogs-group", "awslogs-stream-prefix"}:
            container.pop("logConfiguration", None)


def _task(answer: Any) -> dict[str, Any]:
    task = answer["tasks"][0]
    return {"cluster": task["clusterArn"], "task": task["taskArn"]}
