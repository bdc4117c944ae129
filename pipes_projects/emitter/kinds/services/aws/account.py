"""Amazon's account that the owner publishes, and how contexts and messages pass through it."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import boto3
import dagster as dg
from dagster_aws.pipes import (
    PipesCloudWatchMessageReader,
    PipesS3ContextInjector,
    PipesS3MessageReader,
)
from dagster_pipes import PipesParams

from pipes_projects.emitter.kinds.services.asked import Asked, CannotAskError, Settings
from pipes_projects.emitter.kinds.services.messages import WholeLines

_NO_LOG: Final = (
    "its log never came, so nothing is known of what it reported: in its task definition, give the"
    " container the log driver `awslogs` with an `awslogs-stream-prefix`; or let the platform owner"
    " give the connection a `bucket`"
)


class Account(Settings):
    """What a boto3 session takes, and where Pipes keeps its files."""

    bucket: str | None = None
    region_name: str | None = None
    profile_name: str | None = None
    endpoint_url: str | None = None
    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = None
    aws_session_token: str | None = None

    def client(self, service: str) -> Any:
        """A client of boto3."""
        given = self.model_dump(exclude={"bucket", "endpoint_url"}, exclude_none=True)
        return boto3.Session(**given).client(service, endpoint_url=self.endpoint_url)

    def needed_bucket(self) -> str:
        """The bucket; raises `CannotAskError` if there is none."""
        if self.bucket is None:
            raise CannotAskError(
                "its connection has no `bucket`, through which the job gets its context and sends"
                " its messages: the platform owner must add it"
            )
        return self.bucket


class S3Messages(WholeLines, PipesS3MessageReader):
    """Messages that come in files of a bucket."""

    def ask_for_the_first(self, params: PipesParams) -> object:
        """See `WholeLines`."""
        return self.client.get_object(Bucket=self.bucket, Key=f"{params['key_prefix']}/1.json")


class LogMessages(WholeLines, PipesCloudWatchMessageReader):
    """Messages among the lines of a log."""

    is_log = True
    _is_there = False

    def messages_are_readable(self, params: PipesParams) -> bool:
        """Dagster's hook: whether there is a log by now."""
        self._is_there = super().messages_are_readable(params)
        return self._is_there

    @contextmanager
    def read_messages(self, handler: dg.PipesMessageHandler) -> Iterator[PipesParams]:
        """Dagster's hook: reads while this lasts."""
        with super().read_messages(handler) as params:
            yield params
        if not self._is_there:
            self.heard.lost = _NO_LOG


def through_bucket(
    account: Account, asked: Asked
) -> tuple[dg.PipesContextInjector, dg.PipesMessageReader]:
    """What passes the context to the job, and what reads its messages, both in files."""
    bucket = account.needed_bucket()
    injector = PipesS3ContextInjector(bucket=bucket, client=account.client("s3"))
    return asked.injector(injector), messages_in_bucket(account, asked)


def messages_in_bucket(account: Account, asked: Asked) -> dg.PipesMessageReader:
    """What reads the messages of the job, which also have what it prints."""
    bucket, s3 = account.needed_bucket(), account.client("s3")
    reader: Any = S3Messages(bucket=bucket, client=s3, include_stdio_in_messages=True)
    return cast(dg.PipesMessageReader, reader.into(asked.heard))


def through_log(
    account: Account, asked: Asked
) -> tuple[dg.PipesContextInjector, dg.PipesMessageReader]:
    """The same by variables and by the job's log, unless there is a bucket."""
    if account.bucket is not None:
        return through_bucket(account, asked)
    logs = account.client("logs")
    logs.meta.events.register("provide-client-params.logs.GetLogEvents", _from_the_start)
    reader = LogMessages(client=logs)
    return asked.injector(dg.PipesEnvContextInjector()), reader.into(asked.heard)


def _from_the_start(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Otherwise CloudWatch answers with the end of a log that is too long for one answer."""
    return {**params, "startFromHead": True}
