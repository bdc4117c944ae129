"""How a function's messages come back: as objects in a bucket, or else as lines of its log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

from pipes_projects.kinds.aws_lambda.clients import Aws
from pipes_projects.kinds.drivers.errand import Received

_VERSION: Final = b'"__dagster_pipes_version"'
_TAIL: Final = 4000
"""Bytes of a log from which on AWS returns only its end: 4 KB."""
_NUMBERED: Final = re.compile(r"([0-9]+)\.json")


class Log(NamedTuple):
    """The end of a function's log, as AWS returns it."""

    messages: bytes
    """Its lines that are messages."""
    rest: bytes
    is_cut: bool
    """Whether there was more."""


def of_log(text: bytes) -> Log:
    """The messages in a log, and the rest of it."""
    found: dict[bool, list[bytes]] = {True: [], False: []}
    for line in text.splitlines(keepends=True):
        found[_is_message(line)].append(line)
    is_cut = len(text) >= _TAIL and not text.startswith(b"START ")
    return Log(b"".join(found[True]), b"".join(found[False]), is_cut)


def _is_message(line: bytes) -> bool:
    if _VERSION not in line:
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


class Channel(Protocol):
    """Where a function puts its messages."""

    params: dict[str, Any]
    """What the function is told about that."""

    def collect(self) -> None:
        """Pass on what is there and new."""
        ...

    def close(self) -> None:
        """Remove what was passed on."""
        ...


class LogChannel(Channel):
    """The log, of which nothing is known before the end."""

    def __init__(self) -> None:
        self.params = {"stdio": "stderr"}

    def collect(self) -> None:
        """See `Channel`."""

    def close(self) -> None:
        """See `Channel`."""


class BucketChannel(Channel):
    """Objects with numbers, each some lines without a line end after the last."""

    def __init__(self, aws: Aws, errand: Received) -> None:
        self.aws, self.errand = aws, errand
        self.prefix = f"{aws.prefix}pipes-{errand.mark}"
        self.params = {"bucket": aws.bucket, "key_prefix": self.prefix}
        self.next = 1

    def collect(self) -> None:
        """See `Channel`. What is not there yet may come before what is: in the order of numbers."""
        there = dict(self._there())
        while self.next in there:
            got = self.aws.objects.get_object(Bucket=self.aws.bucket, Key=there[self.next])
            if lines := got["Body"].read().strip():
                with self.errand.messages.open("ab") as file:
                    file.write(lines + b"\n")
            self.next += 1

    def _there(self) -> Iterator[tuple[int, str]]:
        pages = self.aws.objects.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.aws.bucket, Prefix=f"{self.prefix}/"):
            for entry in page.get("Contents", ()):
                name = str(entry["Key"]).rpartition("/")[2]
                if number := _NUMBERED.fullmatch(name):
                    yield int(number[1]), entry["Key"]

    def close(self) -> None:
        """See `Channel`."""
        for _, key in list(self._there()):
            self.aws.objects.delete_object(Bucket=self.aws.bucket, Key=key)
