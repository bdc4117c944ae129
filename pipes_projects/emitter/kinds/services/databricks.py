"""Kinds `databricks` and `databricks_serverless`: the clients of `dagster_databricks.pipes`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, get_args, get_origin, get_type_hints

from dagster._core.errors import DagsterExecutionInterruptedError
from dagster_databricks.pipes import (
    PipesDatabricksClient,
    PipesDatabricksServerlessClient,
    PipesDbfsContextInjector,
    PipesDbfsMessageReader,
    PipesUnityCatalogVolumesContextInjector,
    PipesUnityCatalogVolumesMessageReader,
)
from dagster_pipes import PipesParams
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import jobs

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Invocation, Settings
from pipes_projects.emitter.kinds.services.messages import WholeLines
from pipes_projects.kinds.services.databricks import environment_of, serverless_task_of, task_of

_HURRIED: Final = {"retry_timeout_seconds": 10, "http_timeout_seconds": 10}
_NO_LOGIN: Final = (
    "its connection does not say how to log in: the platform owner must give it a `host`, and a"
    " `token` or another way, such as `client_id` and `client_secret`"
)


class Workspace(Settings):
    """A workspace of Databricks, and the volume for Pipes."""

    host: str | None = None
    token: str | None = None
    profile: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    azure_workspace_resource_id: str | None = None
    google_service_account: str | None = None
    volume_path: str | None = None
    poll_interval: float = 5.0

    def client(self) -> WorkspaceClient:
        """A client of Databricks' SDK; raises `CannotAskError` if nothing answers it."""
        others = {"volume_path", "poll_interval"}
        settings = self.model_dump(exclude=others, exclude_none=True)
        try:
            _must_answer(Config(**settings, **_HURRIED))
            return WorkspaceClient(**settings)
        except ValueError as error:
            if "cannot configure default credentials" in str(error):
                raise CannotAskError(_NO_LOGIN) from None
            raise


def _must_answer(config: Config) -> None:
    """Where nothing answers, the SDK itself goes on asking for five minutes."""
    try:
        WorkspaceClient(config=config).current_user.me()
    except DatabricksError:  # whatever is asked for next says it better
        return
    except TimeoutError as error:
        if not isinstance(error.__cause__, DatabricksError):
            raise CannotAskError(
                f"nothing answers at `{config.host}`: check the connection, and whether this"
                " machine's network leads there"
            ) from None


class DbfsMessages(WholeLines, PipesDbfsMessageReader):
    """Messages that come in files of DBFS."""

    def ask_for_the_first(self, params: PipesParams) -> object:
        """See `WholeLines`."""
        return self.dbfs_client.get_status(f"{params['path']}/1.json")

    def download_messages_chunk(self, index: int, params: PipesParams) -> str | None:
        """Dagster's hook: a whole file; its own reader asks once, and gets half a megabyte."""
        path, whole = f"{params['path']}/{index}.json", b""
        try:
            while (found := self.dbfs_client.read(path, offset=len(whole))).bytes_read:
                whole += b64decode(found.data or "")
        except OSError:  # it is not there yet
            return None
        return whole.decode("utf-8")


class VolumeMessages(WholeLines, PipesUnityCatalogVolumesMessageReader):
    """Messages that come in files of a volume."""

    def ask_for_the_first(self, params: PipesParams) -> object:
        """See `WholeLines`."""
        return self.files_client.get_metadata(f"{params['path']}/1.json")


class _ToldAsFailed:
    """Dagster's clients cancel the job when they are interrupted, and then go on as if it had
    succeeded; and of a job that Databricks says nothing about, they say `None`."""

    def _get_run_state(self, run_id: int) -> jobs.RunState:
        state: jobs.RunState = super()._get_run_state(run_id)  # type: ignore[misc]
        ended_as = state.result_state or state.life_cycle_state
        words = state.state_message or f"it ended as {ended_as and ended_as.value}"
        return replace(state, state_message=words)

    def _poll_til_terminating(self, run_id: int) -> None:
        super()._poll_til_terminating(run_id)  # type: ignore[misc]
        raise DagsterExecutionInterruptedError


class Client(_ToldAsFailed, PipesDatabricksClient):
    """For jobs on clusters."""


class ServerlessClient(_ToldAsFailed, PipesDatabricksServerlessClient):
    """For jobs without clusters."""


def prepare(asked: Asked) -> Invocation:
    """The client of the script's kind, and the task that it is asked for."""
    workspace, place = asked.settings(Workspace), asked.needed_place()
    prepared = _serverless if asked.script.model.kind == "databricks_serverless" else _on_cluster
    return prepared(asked, workspace, place)


def _on_cluster(asked: Asked, workspace: Workspace, place: str) -> Invocation:
    options = asked.options
    if (options.cluster is None) == (options.cluster_id is None):
        raise CannotAskError(
            "it runs on a new cluster or on one that is there: write either `cluster` or"
            " `cluster_id` in `databricks`"
        )
    databricks = workspace.client()
    client = Client(
        client=databricks,
        context_injector=asked.injector(PipesDbfsContextInjector(client=databricks)),
        message_reader=DbfsMessages(client=databricks, include_stdio_in_messages=True).into(
            asked.heard
        ),
        poll_interval_seconds=workspace.poll_interval,
    )
    task = _typed("task", jobs.SubmitTask, task_of(options, place, asked.path))
    return Invocation(client, {"task": task, "submit_args": _arguments(options.request or {})})


def _serverless(asked: Asked, workspace: Workspace, place: str) -> Invocation:
    options, volume = asked.options, workspace.volume_path
    if volume is None:
        raise CannotAskError(
            "its connection has no `volume_path`, through which the job gets its context and sends"
            " its messages: the platform owner must add it"
        )
    databricks = workspace.client()
    injector = PipesUnityCatalogVolumesContextInjector(client=databricks, volume_path=volume)
    client = ServerlessClient(
        client=databricks,
        volume_path=volume,
        context_injector=asked.injector(injector),
        message_reader=VolumeMessages(client=databricks, volume_path=volume).into(asked.heard),
        poll_interval_seconds=workspace.poll_interval,
    )
    task = _typed("task", jobs.SubmitTask, serverless_task_of(options, place, asked.path))
    request = {"environments": [environment_of(options)], **(options.request or {})}
    return Invocation(client, {"task": task, "submit_args": _arguments(request)})


def _arguments(request: Mapping[str, Any]) -> dict[str, Any]:
    """What `jobs.submit` takes, as the SDK's own classes."""
    known = get_type_hints(jobs.JobsAPI.submit)
    unknown = sorted(request.keys() - known.keys() | request.keys() & {"tasks", "return"})
    if unknown:
        raise CannotAskError(
            f"`request.{unknown[0]}` is not something that Databricks' `submit` takes"
        )
    return {name: _typed(f"request.{name}", known[name], value) for name, value in request.items()}


def _typed(name: str, hint: Any, value: Any) -> Any:
    """The SDK leaves out what its classes do not have; raises `CannotAskError` instead."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    if get_origin(hint) is list:
        return [_typed(f"{name}.{number}", kinds[0], part) for number, part in enumerate(value)]
    if kinds:
        return _typed(name, kinds[0], value)
    if not hasattr(hint, "from_dict"):
        return value
    made = hint.from_dict(value)
    for lost in _lost(value, made.as_dict(), name):
        raise CannotAskError(f"Databricks does not know `{lost}`, or that value of it")
    return made


def _lost(given: Any, kept: Any, name: str) -> Iterator[str]:
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        for key, value in given.items():
            is_empty = value is None or value in ([], {}, "")
            if key in kept:
                yield from _lost(value, kept[key], f"{name}.{key}")
            elif not is_empty:
                yield f"{name}.{key}"
    elif isinstance(given, list) and isinstance(kept, list):
        for number, (one, other) in enumerate(zip(given, kept, strict=False)):
            yield from _lost(one, other, f"{name}.{number}")
