"""As much of Amazon's services as Dagster's clients ask: files of S3, logs, and jobs, run here.

boto3 has checked each request before it is sent, against the service's own description.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.kinds.services.servers.jobs import Job, Jobs
from tests.kinds.services.servers.serving import Handler, serving

_JSON = "application/x-amz-json-1.1"
Answer = Mapping[str, Any]
ABSENT = b"<Error><Code>NoSuchKey</Code><Message>No such key</Message></Error>"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
PAGE = 100
"""Lines of a log in one answer: of Amazon's, ten thousand."""


class Amazon(Jobs):
    """An account: what was asked of it, by name, and the files that it keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.url = ""
        self.answers: dict[str, Callable[[dict[str, Any]], Answer]] = {}
        self.is_closed = False
        """Whether nobody may read its files."""
        self.log = ""
        """The name of the stream that has what the last job prints, if there is one."""

    def requests(self, name: str) -> list[dict[str, Any]]:
        """What an operation was asked for."""
        return [request for asked, request in self.asked if asked == name]

    def times(self, name: str, since: str) -> int:
        """How often an operation was asked for since the last time of another."""
        names = [asked for asked, _ in self.asked]
        return names[::-1][: names[::-1].index(since)].count(name)

    def ask(self, name: str, request: dict[str, Any]) -> Answer:
        """The answer of an operation."""
        self.asked.append((name, request))
        of_logs = {"DescribeLogStreams": self._streams, "GetLogEvents": self._events}
        return {**of_logs, **self.answers}[name](request)

    def run(self, words: list[str], **variables: str) -> Job:
        """A script, which finds this account."""
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
        own = {**keys, "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": self.url}
        self.is_one_log = bool(self.log)
        return self.start(words, {**own, **variables})

    def _streams(self, request: dict[str, Any]) -> Answer:
        is_there = bool(self.log) and request["logStreamNamePrefix"] == self.log
        return {"logStreams": [{"logStreamName": self.log}] if is_there else []}

    def _events(self, request: dict[str, Any]) -> Answer:
        """A page of lines, of at most 16 KB as in containers' logs."""
        lines = self.all[-1].output.read_bytes().decode().splitlines()
        parts = [line[at : at + 16384] for line in lines for at in range(0, len(line), 16384)]
        latest = 0 if request.get("startFromHead") else max(len(parts) - PAGE, 0)
        start = int(request.get("nextToken", latest))
        page = parts[start : start + PAGE]
        token = str(start + len(page))
        return {"events": [{"message": line} for line in page], "nextForwardToken": token}


class _Api(Handler):
    account: Amazon

    def do_POST(self) -> None:  # noqa: N802
        target = self.headers.get("X-Amz-Target")
        name = target.rpartition(".")[2] if target else f"POST {urlsplit(self.path).path}"
        self._ask(name, json.loads(self.body() or b"{}"))

    def do_PUT(self) -> None:  # noqa: N802
        self.account.files[self._file()] = self._whole(self.body())
        self.answer(b"")

    def do_GET(self) -> None:  # noqa: N802
        if self.account.is_closed and self._file().startswith("/pipes/"):
            self.answer(DENIED, 403, "application/xml")
        elif (name := self._file()) in self.account.files:
            self.answer(self.account.files[name], kind="binary/octet-stream")
        elif f"GET {name}" in self.account.answers:
            self._ask(f"GET {name}", {})
        else:
            self.answer(ABSENT, 404, "application/xml")

    def do_HEAD(self) -> None:  # noqa: N802
        self.do_GET()

    def do_DELETE(self) -> None:  # noqa: N802
        name = self._file()
        if self.account.files.pop(name, None) is None and f"DELETE {name}" in self.account.answers:
            self._ask(f"DELETE {name}", {})
        else:
            self.answer(b"", 204)

    def _ask(self, name: str, request: dict[str, Any]) -> None:
        """An answer with a `__type` is an error."""
        answer = self.account.ask(name, request)
        with suppress(ConnectionError):
            self.answer(json.dumps(answer).encode(), 400 if "__type" in answer else 200, _JSON)

    def _file(self) -> str:
        return unquote(urlsplit(self.path).path)

    def _whole(self, data: bytes) -> bytes:
        """boto3 sends a file in pieces, each with its length before it."""
        if self.headers.get("Content-Encoding") != "aws-chunked":
            return data
        found = b""
        while data:
            size, _, data = data.partition(b"\r\n")
            length = int(size.partition(b";")[0], 16)
            if not length:
                break
            found, data = found + data[:length], data[length + 2 :]
        return found


@contextmanager
def amazon() -> Iterator[Amazon]:
    """An account on this machine."""
    found = Amazon()

    class Api(_Api):
        account = found

    with serving(Api) as found.url:
        yield found
