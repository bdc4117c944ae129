"""`kind: lambda`: functions in containers (moto), and answers of AWS that moto does not give."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ, urandom
from pathlib import Path
from textwrap import dedent
from threading import Thread
from time import sleep
from typing import Any
from uuid import uuid4

import pytest

from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.drivers.errand import MARK, Errand
from tests.kinds.backends import Backend
from tests.kinds.conftest import Backends
from tests.kinds.test_every_kind import Ran, ran, script
from tests.support.folder import Folder
from tests.support.servers.aws_lambda import Account, account
from tests.support.servers.storages import free_port

OPENED = """
import json, sys
from dagster_pipes import (
    PipesDefaultMessageWriter, PipesMappingParamsLoader, PipesS3MessageWriter, open_dagster_pipes)
from objects import Objects
from prices import ALL

def handler(event, context):
    writer = PipesS3MessageWriter(Objects()) if BUCKET else PipesDefaultMessageWriter()
    with open_dagster_pipes(
        params_loader=PipesMappingParamsLoader(event), message_writer=writer
    ) as pipes:
"""
SMALL = """
        print("rows of", pipes.partition_key, "from", event["where"])
        pipes.report_asset_materialization(metadata={"n": pipes.get_extra("n"), "all": ALL})
        if pipes.get_extra("n") > 3:
            raise ValueError("too many")
"""
LARGE = """
        for number in range(300):
            pipes.log.info(f"message {number}.")
        pipes.report_asset_materialization(metadata={"text": "ü" * 200_000})
"""


@pytest.fixture(scope="module")
def aws(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    host = backends.of("docker").environment["DOCKER_HOST"]
    with account(tmp_path_factory.mktemp("lambda"), host) as made:
        yield made


def deployed(
    folder: Folder, aws: Account, text: str, connection: Mapping[str, Any], more: str = ""
) -> None:
    """An asset that a function makes, of the script that is beside its manifest."""
    name = f"orders-{uuid4().hex[:8]}"
    options = {"function": name, "connection": "aws", "payload": {"where": "here"}}
    backend = Backend("lambda", options, connections={"aws": connection})
    script(folder, backend, text, more)
    folder.write("defs/g/prices.py", "ALL = 1\n")
    aws.deploy(name, {"a.py": dedent(text), "prices.py": "ALL = 1\n"}, "a.handler")


def ran_with(
    folder: Folder, connection: Mapping[str, Any], *arguments: str, env: str = "aws"
) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable_of(env), json.dumps(connection))
        return ran(folder, *arguments)


@pytest.mark.parametrize("is_bucket", [True, False])
def test_a_function_is_told_all_and_reports(aws: Account, folder: Folder, is_bucket: bool) -> None:
    there = aws.in_bucket if is_bucket else aws.connection
    text = OPENED.replace("BUCKET", str(is_bucket)) + SMALL
    deployed(folder, aws, text, there, "params: {n: 3}\npartitions_def: days\n")
    outcome = ran_with(folder, there, "--partition", "2026-01-03")
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"n": 3, "all": 1}
    assert "g/a 2026-01-03 | rows of 2026-01-03 from here" in outcome.err.splitlines()
    failed = ran_with(folder, there, "--partition", "2026-01-03", "--param", "n=4")
    assert failed.assets["g/a"]["made"]
    assert failed.why.splitlines() == [
        "defs/g/a.py: exit code 1",
        "defs/g/a.py:17",
        '    raise ValueError("too many")',
        "ValueError: too many",
    ]
    assert aws.objects() == []


def test_through_a_bucket_messages_come_whole(aws: Account, folder: Folder) -> None:
    deployed(folder, aws, OPENED.replace("BUCKET", "True") + LARGE, aws.in_bucket)
    outcome = ran_with(folder, aws.in_bucket)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"text": "ü" * 200_000}
    for number in range(300):
        assert f"g/a | INFO message {number}." in outcome.err.splitlines()
    assert aws.objects() == []


def test_a_function_that_does_not_open_pipes_says_nothing(aws: Account, folder: Folder) -> None:
    text = "def handler(event, context):\n    return 'done'\n"
    deployed(folder, aws, text, aws.in_bucket)
    outcome = ran_with(folder, aws.in_bucket)
    assert outcome.why.startswith("defs/g/a.py: the function `orders-")
    assert outcome.why.endswith(
        " did not open Pipes: open it with `PipesMappingParamsLoader(event)` and"
        " `PipesS3MessageWriter`, or write `uses_pipes: false`"
    )
    manifest = folder.root / "defs/g/a.yaml"
    manifest.write_text(manifest.read_text().replace('"payload"', '"uses_pipes": false, "payload"'))
    assert ran_with(folder, aws.in_bucket).code == 0


def test_what_is_not_there_is_one_sentence(aws: Account, folder: Folder) -> None:
    deployed(folder, aws, "def handler(event, context):\n    pass\n", aws.connection)
    manifest = folder.root / "defs/g/a.yaml"
    manifest.write_text(manifest.read_text().replace("orders-", "other-"))
    why = ran_with(folder, aws.connection).why
    assert why.startswith("defs/g/a.py: AWS has no function `other-")
    assert why.endswith(" in this region: check its name, and the connection's `region_name`")
    why = ran_with(folder, {**aws.in_bucket, "bucket": "no-such"}).why
    assert why.endswith(" does not exist: check the connection's `bucket`")
    assert "\n" not in why


# What only AWS itself answers, over HTTP as its client expects it.


class Answers(BaseHTTPRequestHandler):
    """Answers every request alike."""

    status, headers_, body = 200, dict[str, str](), b"null"
    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        for name, value in {**self.headers_, "Content-Length": str(len(self.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def answers() -> Iterator[tuple[type[Answers], Mapping[str, Any]]]:
    """A server's answers, and the connection to it."""
    made = type("Made", (Answers,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        keys = {"aws_access_key_id": "AKTESTING", "aws_secret_access_key": "of+the/owner"}
        yield made, {"endpoint_url": url, "region_name": "eu-central-1", **keys}
        server.shutdown()


def invoked(folder: Folder, connection: Mapping[str, Any], more: str = "") -> Ran:
    backend = Backend("lambda", {"function": "f", "connection": "aws"}, connections={"aws": {}})
    script(folder, backend, "def handler(event, context): ...\n", more)
    return ran_with(folder, connection)


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (429, "TooManyRequestsException", "AWS runs too many functions at once and refused `f`: "),
        (413, "RequestEntityTooLargeException", "the event of `f` is larger than the 6 MB that "),
        (403, "AccessDeniedException", "AWS does not let this user invoke `f`: it takes the right"),
        (403, "UnrecognizedClientException", "AWS does not know who asks for `f`: check the "),
        (403, "ExpiredTokenException", "the keys with which `f` is asked for have expired: "),
        (500, "ServiceException", "AWS refused `f`: no luck"),
    ],
)
def test_what_aws_refuses_is_one_sentence_and_asked_once(
    answers: tuple[type[Answers], Mapping[str, Any]],
    folder: Folder,
    status: int,
    code: str,
    why: str,
) -> None:
    made, connection = answers
    made.status, made.headers_ = status, {"x-amzn-ErrorType": code}
    made.body = b'{"Message": "no luck", "Type": "User"}'
    told = invoked(folder, connection).why
    assert told.startswith(f"defs/g/a.py: {why}")
    assert "\n" not in told
    assert made.asked == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            {"errorMessage": "2026-01-01T00:00:00Z 4f Task timed out after 3.00 seconds"},
            "AWS ended the function `f` after 3.00 seconds: raise its timeout in AWS; what it had"
            " not sent by then is lost",
        ),
        (
            {"errorType": "Sandbox.Timedout", "errorMessage": "Error: Task timed out after 3 s"},
            "AWS ended the function `f` after 3 s: raise its timeout in AWS; what it had not sent"
            " by then is lost",
        ),
        (
            {"errorType": "Runtime.OutOfMemory", "errorMessage": "signal: killed"},
            "the function `f` ended without an answer (signal: killed): it may need more memory;"
            " its log in CloudWatch says more",
        ),
    ],
)
def test_a_function_that_aws_ends_is_one_sentence(
    answers: tuple[type[Answers], Mapping[str, Any]],
    folder: Folder,
    error: Mapping[str, str],
    why: str,
) -> None:
    made, connection = answers
    made.headers_ = {"X-Amz-Function-Error": "Unhandled"}
    made.body = json.dumps(error).encode()
    assert invoked(folder, connection).why == f"defs/g/a.py: {why}"


def test_a_log_that_is_cut_may_have_lost_messages(
    answers: tuple[type[Answers], Mapping[str, Any]], folder: Folder
) -> None:
    made, connection = answers
    line = json.dumps({"__dagster_pipes_version": "0.1", "method": "opened", "params": {}})
    log = f"... half a line\n{'x' * 4000}\n{line}\n"
    made.headers_ = {"X-Amz-Log-Result": b64encode(log.encode()[-4096:]).decode()}
    assert invoked(folder, connection).why == (
        "defs/g/a.py: the log of `f` is longer than the 4 KB of it that Lambda returns, so that"
        " messages may be lost: publish a connection with a `bucket`"
    )


def test_what_is_too_large_is_not_even_sent(
    answers: tuple[type[Answers], Mapping[str, Any]], tmp_path: Path
) -> None:
    """The driver alone: no manifest may be as large as that."""
    made, connection = answers
    (tmp_path / "context").write_text(json.dumps({"extras": {"noise": urandom(6 << 20).hex()}}))
    variables = Errand(str(tmp_path), "a.py", ("a.py",), 1.0).write(tmp_path)
    variables |= {MARK: "mark", variable_of("aws"): json.dumps(connection)}
    options = json.dumps({"function": "f", "connection": "aws"})
    words = [sys.executable, "-m", "pipes_projects.kinds.aws_lambda.driver", options]
    assert subprocess.run(words, env={**environ, **variables}, check=False).returncode == 1
    assert re.fullmatch(
        r"the event has 9\.\d MB, and Lambda takes 6 MB: hand over where large values are, instead",
        (tmp_path / "refusal").read_text(),
    )
    assert made.asked == 0


def test_connections_that_cannot_be_used_are_one_sentence(folder: Folder) -> None:
    port = free_port()
    there = {"endpoint_url": f"http://127.0.0.1:{port}", "region_name": "eu-central-1"}
    keys = {"aws_access_key_id": "AKTESTING", "aws_secret_access_key": "of+the/owner"}
    assert invoked(folder, {**there, **keys}).why == (
        f"defs/g/a.py: AWS cannot be reached for `f`: nothing answers at `http://127.0.0.1:{port}`;"
        " check the connection's `region_name` and `endpoint_url`, and this machine's network"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", "/no/such")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/no/such")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        assert invoked(folder, keys).why == (
            "defs/g/a.py: no AWS region is known: name one in the connection, as `region_name`"
        )
        assert invoked(folder, there).why == (
            "defs/g/a.py: no AWS keys are known: let the connection have them, or the machine"
        )
        assert (
            "check the connection's `profile_name`"
            in invoked(folder, {"profile_name": "nobody"}).why
        )
    assert invoked(folder, {"regoin": "x"}).why.startswith(
        "defs/g/a.py: the connection has `regoin`, and may have only `aws_access_key_id`, "
    )


def test_whoever_stops_waiting_is_told_that_the_function_goes_on(
    answers: tuple[type[Answers], Mapping[str, Any]], folder: Folder
) -> None:
    made, connection = answers

    def stall(self: Answers) -> None:
        type(self).asked += 1
        sleep(20)

    made.do_POST = stall  # type: ignore[method-assign]
    why = invoked(folder, connection, "timeout: 3s\ngrace: 0.5s\n").why
    assert why.splitlines() == [
        "defs/g/a.py: timed out after 3s",
        "AWS cannot cancel a function: `f` goes on until it ends, by itself or at its own time"
        " limit",
    ]
    assert made.asked == 1
