"""`python -m pipes_projects.kinds.slurm.driver OPTIONS`: runs a script as a job of a Slurm cluster.

Messages and output are files that the node writes and this process reads, wherever it is. It is a
pair of processes: if one is killed, the other one cancels the job; if both are, the job ends
itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pipes_projects.kinds.drivers.ending import Signals, write
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.pair import in_pair
from pipes_projects.kinds.drivers.parcel import Parcel, kept_at
from pipes_projects.kinds.slurm.queue import Queue, RefusedError
from pipes_projects.kinds.slurm.reaching import reached
from pipes_projects.kinds.slurm.submit_hosts import HostLostError, SubmitHost, shell
from pipes_projects.kinds.slurm.watching import Watch

_PROGRAM: Final = Path(__file__).with_name("job.sh")
_PATIENCE: Final = 60
"""Seconds after which a job of which nobody has asked ends itself."""
_LOST: Final = "the connection to the host was lost, and so the job ends itself within a minute"


def main() -> None:
    """Run the script; end as it ended."""
    errand = Received.of_environment()
    if sys.platform == "win32":
        errand.refuse("`kind: slurm` does not run scripts on Windows: run Dagster in WSL")
    options: dict[str, Any] = json.loads(sys.argv[1])
    in_pair(lambda: _run(errand, options), lambda: _clean_up(errand, options))


def _run(errand: Received, options: dict[str, Any]) -> int:
    signals = Signals(errand.grace)
    with reached(errand, options) as host:
        try:
            return _Run(host, errand, options).to_its_end(signals)
        except HostLostError:
            write(2, f"{_LOST}\n".encode())
            return 1


def _clean_up(errand: Received, options: dict[str, Any]) -> None:
    with reached(errand, options) as host:
        run = _Run(host, errand, options)
        run.queue.cancel()
        run.remove_folder()


class _Run:
    """A script as a job."""

    def __init__(self, host: SubmitHost, errand: Received, options: Mapping[str, Any]) -> None:
        self.host, self.errand = host, errand
        self.options = {**options, "folder": options.get("folder") or _home(host)}
        self.parcel = Parcel(errand, self.options, _PROGRAM)
        self.queue = Queue(host, f"{errand.script} {errand.mark}")

    def to_its_end(self, signals: Signals) -> int:
        """Submit it, and pass on what it says; returns its exit code."""
        self.errand.runs_in(self.parcel.root)
        try:
            self._deliver()
            with self._submitted() as job:
                signals.pass_on()
                return job.to_its_end(signals, self.options.get("start_within"))
        finally:
            self.remove_folder()

    def _deliver(self) -> None:
        folder = self.parcel.folder
        made = (
            f"umask 077 && {shell(['mkdir', folder])} && {shell(['tar', '-xf', '-', '-C', folder])}"
        )
        answer = self.host.run(["sh", "-c", made], self.parcel.packed())
        if answer.code != 0:
            why = answer.err.replace("\n", "; ")
            self.errand.refuse(f"the script cannot be put where nodes find it: {why}")
        self.host.write(f"{folder}/driver", "0\n")

    @contextmanager
    def _submitted(self) -> Iterator[Watch]:
        """The job, of which nothing is left afterwards."""
        tenths = max(1, round(10 * self.errand.grace))
        words = [self.parcel.mark, str(tenths), str(_PATIENCE)]
        watch, may_run = None, True
        try:
            job = self.queue.submit(self.parcel.folder, words, self.options)
            watch = Watch(self.host, self.queue, job, self.errand, self.parcel)
            self.errand.say_of_run(slurm_job_id=job)
            yield watch
        except RefusedError as error:
            may_run = error.may_run
            self.errand.refuse(str(error))
        finally:
            if watch is not None:
                watch.end()
            elif may_run:
                self.queue.cancel()

    def remove_folder(self) -> None:
        """Unless it is to be kept."""
        if self.options.get("keep"):
            where = str(self.options.get("connection", "this machine"))
            write(2, f"{kept_at(where, self.parcel)}\n".encode())
        else:
            self.host.run(["rm", "-rf", self.parcel.folder])


def _home(host: SubmitHost) -> str:
    return host.run(["sh", "-c", 'echo "$HOME"']).out


if __name__ == "__main__":
    main()
