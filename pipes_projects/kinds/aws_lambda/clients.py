"""AWS as a connection describes it: its clients, and what goes wrong with them as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    ReadTimeoutError,
)

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.drivers.errand import Received

PATIENCE: Final = 10
"""Seconds in which AWS takes a connection."""
_LONGEST: Final = 905
"""Seconds that a function may take: AWS ends it after fifteen minutes."""
_SESSION: Final = frozenset(
    {
        *("aws_access_key_id", "aws_secret_access_key", "aws_session_token"),
        *("profile_name", "region_name"),
    }
)
_INVOCATIONS: Final = "/functions/"
"""In the URL of a call that waits for a function's end."""
_OTHER: Final = ("endpoint_url", "bucket", "prefix")


class Aws(NamedTuple):
    """An account, and where in it messages are put."""

    functions: Any
    """The client for Lambda."""
    objects: Any
    """The client for S3."""
    bucket: str | None
    prefix: str

    @classmethod
    def of(cls, errand: Received, options: Mapping[str, Any]) -> Aws:
        """The account that a script's options name; a connection that says something else ends the
        driver."""
        named = options.get("connection")
        value = connection(named) if named else {}
        known = {"region_name": value} if isinstance(value, str) else dict(value)
        if unknown := sorted(known.keys() - _SESSION - set(_OTHER)):
            names = ", ".join(f"`{name}`" for name in unknown)
            may = ", ".join(f"`{name}`" for name in (*sorted(_SESSION), *_OTHER))
            errand.refuse(f"the connection has {names}, and may have only {may}")
        session = {name: known[name] for name in _SESSION & known.keys()}
        try:
            return cls._opened(boto3.Session(**session), known)
        except (BotoCoreError, ValueError) as error:
            errand.refuse(why(error, str(options["function"])))

    @classmethod
    def _opened(cls, session: Any, known: Mapping[str, Any]) -> Aws:
        at = {"endpoint_url": known.get("endpoint_url")}
        # To ask again would be to run the function again.
        once = Config(
            connect_timeout=PATIENCE,
            read_timeout=_LONGEST,
            retries={"total_max_attempts": 1},
            tcp_keepalive=True,
        )
        patient = Config(connect_timeout=PATIENCE, read_timeout=2 * PATIENCE)
        prefix = str(known.get("prefix", "")).strip("/")
        return cls(
            session.client("lambda", config=once, **at),
            session.client("s3", config=patient, **at),
            known.get("bucket"),
            f"{prefix}/" if prefix else "",
        )


_SENTENCES: Final = {
    "ResourceNotFoundException": "AWS has no function `{}` in this region: check its name, and the"
    " connection's `region_name`",
    "TooManyRequestsException": "AWS runs too many functions at once and refused `{}`: try again"
    " with a `retry_policy`, or have its concurrency raised",
    "RequestTooLargeException": "the event of `{}` is larger than the 6 MB that Lambda takes: hand"
    " over where large values are, instead of the values",
    "AccessDeniedException": "AWS does not let this user invoke `{}`: it takes the right"
    " `lambda:InvokeFunction`",
    "UnrecognizedClientException": "AWS does not know who asks for `{}`: check the connection's"
    " keys",
    "ExpiredTokenException": "the keys with which `{}` is asked for have expired: renew them",
    "NoSuchBucket": "the bucket for messages of `{}` does not exist: check the connection's"
    " `bucket`",
}
_SAME: Final = {
    "RequestEntityTooLargeException": "RequestTooLargeException",
    "413": "RequestTooLargeException",
    "ThrottlingException": "TooManyRequestsException",
    "429": "TooManyRequestsException",
    "InvalidSignatureException": "UnrecognizedClientException",
    "AccessDenied": "AccessDeniedException",
}


def why(error: Exception, function: str) -> str:
    """What to do about an error of AWS, or on the way to it."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        sentence = _SENTENCES.get(_SAME.get(code, code))
        said = error.response.get("Error", {}).get("Message") or code
        text = " ".join(str(said).split()).rstrip(".")
        return sentence.format(function) if sentence else f"AWS refused `{function}`: {text}"
    if isinstance(error, NoRegionError):
        return "no AWS region is known: name one in the connection, as `region_name`"
    if isinstance(error, NoCredentialsError):
        return "no AWS keys are known: let the connection have them, or the machine"
    if isinstance(error, ProfileNotFound):
        return f"{error}: check the connection's `profile_name`"
    if isinstance(error, ReadTimeoutError) and _INVOCATIONS in str(error):
        return f"AWS did not say how `{function}` ended within {_LONGEST} seconds"
    help_ = "check the connection's `region_name` and `endpoint_url`, and this machine's network"
    return f"AWS cannot be reached for `{function}`: {_unreached(error)}; {help_}"


def _unreached(error: Exception) -> str:
    """Without the path of the request, which no author has written."""
    url = error.kwargs.get("endpoint_url") if isinstance(error, BotoCoreError) else None
    if url and isinstance(error, ConnectTimeoutError | EndpointConnectionError | ReadTimeoutError):
        parts = urlsplit(str(url))
        return f"nothing answers at `{parts.scheme}://{parts.netloc}`"
    return " ".join(str(error).split()).rstrip(".")
