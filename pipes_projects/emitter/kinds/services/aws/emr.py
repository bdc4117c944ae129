"""Kinds `emr`, `emr_serverless` and `emr_containers`: the clients of the same names."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import dagster as dg
from botocore.exceptions import WaiterError
from dagster_aws.pipes import (
    PipesEMRClient,
    PipesEMRContainersClient,
    PipesEMRServerlessClient,
)

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation
from pipes_projects.emitter.kinds.services.aws.account import Account, messages_in_bucket
from pipes_projects.emitter.kinds.services.aws.started import Started
from pipes_projects.kinds.services.aws import emr, emr_containers, emr_serverless

_ALWAYS: Final = 1_000_000
_OURS: Final = ("spark-defaults", "spark-env", "yarn-env", "hadoop-env")
"""What the clients themselves configure: they would drop one of the two."""


def prepare(asked: Asked) -> Invocation:
    """The client of the script's kind, and the job that it is asked for."""
    return _PREPARED[asked.script.model.kind](asked, asked.settings(Account), asked.needed_place())


def _on_cluster(asked: Asked, account: Account, place: str) -> Invocation:
    request = emr.request_of(asked.options, place, asked.path)
    _refuse_ours(request.get("Configurations"), "Classification")
    client = _patient(account.client("emr"))
    started = Started(client, "run_job_flow", "terminate_job_flows", _cluster)
    pipes = PipesEMRClient(messages_in_bucket(account, asked), client, _injector(asked))
    return Invocation(pipes, {"run_job_flow_params": request}, started.stop)


def _serverless(asked: Asked, account: Account, place: str) -> Invocation:
    request = emr_serverless.request_of(asked.options, place, asked.path)
    client = account.client("emr-serverless")
    started = Started(client, "start_job_run", "cancel_job_run", _same("applicationId", "jobRunId"))
    reader = messages_in_bucket(account, asked)
    pipes = PipesEMRServerlessClient(client, _injector(asked), reader)
    return Invocation(pipes, {"start_job_run_params": request}, started.stop)


def _in_containers(asked: Asked, account: Account, place: str) -> Invocation:
    request = emr_containers.request_of(asked.options, place, asked.path)
    overrides = request.get("configurationOverrides") or {}
    _refuse_ours(overrides.get("applicationConfiguration"), "classification")
    client = account.client("emr-containers")
    started = Started(client, "start_job_run", "cancel_job_run", _same("virtualClusterId", "id"))
    reader = messages_in_bucket(account, asked)
    pipes = PipesEMRContainersClient(client, _injector(asked), reader)
    return Invocation(pipes, {"start_job_run_params": request}, started.stop)


_PREPARED: Final[Mapping[str, Callable[[Asked, Account, str], Invocation]]] = {
    "emr": _on_cluster,
    "emr_serverless": _serverless,
    "emr_containers": _in_containers,
}


def _injector(asked: Asked) -> dg.PipesContextInjector:
    return asked.injector(dg.PipesEnvContextInjector())


def _cluster(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {"JobFlowIds": [answer["JobFlowId"]]}


def _same(*names: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What a job is called when it is stopped, as when it was started."""
    return lambda answer: {name: answer[name] for name in names}


def _refuse_ours(configurations: Iterable[Mapping[str, Any]] | None, name: str) -> None:
    for configuration in configurations or ():
        if (found := configuration.get(name)) in _OURS:
            raise CannotAskError(
                f"`request` configures `{found}`, through which the script gets its Pipes context:"
                " write it as arguments of `spark-submit`, in `spark`"
            )


def _patient(client: Any) -> Any:
    """A client of boto3 whose waiters do not give up on a cluster after half an hour, nor because
    it has come to its end before anybody saw it run: the next waiter says how."""
    usual = client.get_waiter

    def patient(name: str) -> Any:
        waiter = usual(name)
        waiter.config.max_attempts = _ALWAYS
        return _AnyEnd(waiter) if name == "cluster_running" else waiter

    client.get_waiter = patient
    return client


class _AnyEnd:
    def __init__(self, waiter: Any) -> None:
        self._waiter = waiter

    def wait(self, **asked: Any) -> None:
        """See `_patient`."""
        with suppress(WaiterError):
            self._waiter.wait(**asked)
