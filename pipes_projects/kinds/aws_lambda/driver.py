"""`python -m pipes_projects.kinds.aws_lambda.driver OPTIONS`: invokes a function on AWS Lambda.

AWS has no way to cancel an invocation: this process can only stop waiting for it.
"""

from __future__ import annotations

import json
import queue
import sys
import time
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from threading import Thread
from typing import Any, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from dagster_pipes import encode_param

from pipes_projects.kinds.aws_lambda.clients import Aws, why
from pipes_projects.kinds.aws_lambda.failures import sentence, traceback
from pipes_projects.kinds.aws_lambda.messages import BucketChannel, Channel, LogChannel, of_log
from pipes_projects.kinds.drivers.ending import Signals, write
from pipes_projects.kinds.drivers.errand import CONTEXT, MESSAGES, Received

_OFTEN: Final = 0.05
_SOMETIMES: Final = 2.0
"""Seconds between two looks into the bucket."""
_MOST: Final = 6 * 1024 * 1024
"""Bytes of an event."""


class Returned(NamedTuple):
    """What AWS says of an invocation."""

    payload: bytes
    log: bytes
    has_failed: bool


def main() -> None:
    """Invoke the function; end with 0 if it did not fail."""
    errand = Received.of_environment()
    options: dict[str, Any] = json.loads(sys.argv[1])
    aws = Aws.of(errand, options)
    signals = Signals(errand.grace)
    channel = BucketChannel(aws, errand) if aws.bucket else LogChannel()
    invocation = _Invocation(aws, errand, options, channel)
    try:
        sys.exit(invocation.to_its_end(signals))
    except (ClientError, BotoCoreError) as error:
        errand.refuse(why(error, invocation.function))


class _Invocation:
    """A function at work."""

    def __init__(
        self, aws: Aws, errand: Received, options: Mapping[str, Any], channel: Channel
    ) -> None:
        self.aws, self.errand, self.options, self.channel = aws, errand, options, channel
        self.function = str(options["function"])

    def to_its_end(self, signals: Signals) -> int:
        """Invoke it, and pass on what it says; returns an exit code."""
        event = self._event()
        self.channel.collect()  # so that a bucket that is not there does not run anything
        signals.pass_on()
        answer = self._awaited(self._invoked(event), signals)
        if answer is None:
            told = f"AWS cannot cancel a function: `{self.function}` goes on until it ends"
            write(2, f"{told}, by itself or at its own time limit\n".encode())
            return 130
        self._settle(answer)
        return 1 if answer.has_failed else 0

    def _event(self) -> bytes:
        told = json.loads(self.errand.context.read_text("utf-8"))
        pipes = {
            CONTEXT: encode_param({"data": told}),
            MESSAGES: encode_param(self.channel.params),
        }
        event = json.dumps({**self.options.get("payload", {}), **pipes}).encode()
        if len(event) > _MOST:
            size, help_ = f"{len(event) / 1e6:.1f} MB", "hand over where large values are"
            self.errand.refuse(f"the event has {size}, and Lambda takes 6 MB: {help_}, instead")
        return event

    def _invoked(self, event: bytes) -> queue.SimpleQueue[Returned | Exception]:
        """Invoke it in a thread, which puts what comes of it into the queue."""
        answers: queue.SimpleQueue[Returned | Exception] = queue.SimpleQueue()

        def invoke() -> None:
            try:
                got = self.aws.functions.invoke(
                    FunctionName=self.function,
                    InvocationType="RequestResponse",
                    LogType="Tail",
                    Payload=event,
                )
                log = b64decode(got.get("LogResult") or "")
                self.errand.say_of_run(**self._of_run(got))
                answers.put(Returned(got["Payload"].read(), log, "FunctionError" in got))
            except Exception as error:
                answers.put(error)

        Thread(target=invoke, name="invocation", daemon=True).start()
        return answers

    def _of_run(self, got: Mapping[str, Any]) -> dict[str, str]:
        asked = got.get("ResponseMetadata", {}).get("RequestId")
        return {"lambda_request_id": str(asked)} if asked else {}

    def _awaited(
        self, answers: queue.SimpleQueue[Returned | Exception], signals: Signals
    ) -> Returned | None:
        """What comes of it; None if somebody does not want to wait."""
        looked = time.monotonic()
        while signals.take() is None:
            with suppress(queue.Empty):
                answer = answers.get(timeout=_OFTEN)
                if isinstance(answer, Exception):
                    raise answer
                return answer
            if time.monotonic() - looked > _SOMETIMES:
                self.channel.collect()
                looked = time.monotonic()
        return None

    def _settle(self, answer: Returned) -> None:
        """Pass on its last words, and say what is wrong."""
        log = of_log(answer.log)
        with self.errand.messages.open("ab") as file:
            file.write(log.messages)
        self.channel.collect()
        self.channel.close()
        write(1, log.rest)
        if answer.has_failed:
            self._explain(answer)
        elif self.options.get("uses_pipes", True):
            self._demand_messages(log.is_cut)

    def _explain(self, answer: Returned) -> None:
        told = sentence(answer.payload, self.function)
        if told:
            self.errand.refuse(told)
        write(2, traceback(answer.payload, self.errand).encode())

    def _demand_messages(self, is_cut: bool) -> None:
        if self.aws.bucket is None and is_cut:
            help_ = "publish a connection with a `bucket`"
            log = f"the log of `{self.function}` is longer than the 4 KB of it that Lambda returns"
            self.errand.refuse(f"{log}, so that messages may be lost: {help_}")
        if not self.errand.messages.exists() or not self.errand.messages.stat().st_size:
            how = "`PipesMappingParamsLoader(event)`"
            how += " and `PipesS3MessageWriter`" if self.aws.bucket else ""
            help_ = f"open it with {how}, or write `uses_pipes: false`"
            self.errand.refuse(f"the function `{self.function}` did not open Pipes: {help_}")


if __name__ == "__main__":
    main()
