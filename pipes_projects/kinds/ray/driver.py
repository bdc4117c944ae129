"""`python -m pipes_projects.kinds.ray.driver OPTIONS`: runs a script as a job of a Ray cluster.

It is a pair of processes: if one is killed, the other one stops the job.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from pipes_projects.kinds.drivers.ending import Signals, write
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.message_file import say_lost
from pipes_projects.kinds.drivers.pair import in_pair

_OFTEN: Final = 0.1
_SELDOM: Final = 5.0
_AT_FIRST: Final = 0.5
_LAST: Final = 10.0
_KILLED: Final = 137


def main() -> None:
    """Run the script; end as it ended."""
    errand = Received.of_environment()
    if sys.platform == "win32":
        errand.refuse("`kind: ray` does not run scripts on Windows: run Dagster in WSL")
    options: dict[str, Any] = json.loads(sys.argv[1])
    in_pair(lambda: _run(errand, options), lambda: _clean_up(errand, options))


def _run(errand: Received, options: Mapping[str, Any]) -> int:
    signals = Signals(errand.grace)
    from pipes_projects.kinds.ray.job import Cluster, UnreachableClusterError

    try:
        cluster = Cluster(errand, options)
        try:
            cluster.submit()
            errand.say_of_run(ray_job_id=cluster.job)
            signals.pass_on()
            return _Watch(cluster, errand).to_its_end(signals)
        except BaseException:
            cluster.stop()
            raise
    except UnreachableClusterError as error:
        errand.refuse(str(error))


def _clean_up(errand: Received, options: Mapping[str, Any]) -> None:
    from pipes_projects.kinds.ray.job import Cluster

    Cluster(errand, options).stop()


class _Watch:
    """What becomes of a job."""

    def __init__(self, cluster: Any, errand: Received) -> None:
        from pipes_projects.kinds.ray.frames import Frames

        self.cluster, self.errand = cluster, errand
        streams = {1: lambda data: write(1, data), 2: lambda data: write(2, data)}
        streams[3] = self._take_messages
        self.frames = Frames(f"{errand.mark}-there", streams, lambda _: None)
        self.is_stopped = False

    def _take_messages(self, data: bytes) -> None:
        with self.errand.messages.open("ab") as file:
            file.write(data)

    def to_its_end(self, signals: Signals) -> int:
        """Pass on what it says, and stop it when asked; returns the script's exit code."""
        log, asked, pause, said = self.cluster.follow(self.frames), 0.0, _AT_FIRST, ""
        while self.frames.code is None:
            if signals.take() and not self.is_stopped:
                self.is_stopped = True
                self.cluster.stop()
            if time.monotonic() - asked > pause:
                asked, pause = time.monotonic(), min(_SELDOM, pause * 1.2)
                state = self.cluster.state()
                if state.is_over:
                    return self._over(log, state)
                if state.name == "PENDING" and state.message not in ("", said):
                    said = state.message
                    write(2, f"Ray job {self.cluster.job} is pending: {said}\n".encode())
            time.sleep(_OFTEN)
        return self._code()

    def _over(self, log: Any, state: Any) -> int:
        log.join(_LAST)
        if self.frames.code is None:
            self.frames.feed_all(self.cluster.whole_log())
        if self.frames.code is not None:
            return self._code()
        if self.is_stopped:
            return _KILLED
        if self.frames.last == 0:
            why = " ".join(state.message.split()) or state.name
            self.errand.refuse(f"Ray could not start the job: {why}")
        write(2, f"Ray ended the job as {state.name}: {state.message}\n".encode())
        return _KILLED

    def _code(self) -> int:
        code = self.frames.code
        assert code is not None
        if self.frames.loss:
            say_lost(self.errand.messages, self.frames.loss)
        if self.frames.refusal:
            self.errand.refuse(f"the node {self.frames.refusal}")
        return code if code >= 0 else 128 - code


if __name__ == "__main__":
    main()
