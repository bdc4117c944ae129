"""A job of a Ray cluster: submitted, watched, stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import copy
from threading import Thread
from typing import Any, Final, NamedTuple

import requests
from ray.job_submission import JobStatus, JobSubmissionClient

from pipes_projects.kinds.connections import connection
from pipes_projects.kinds.drivers.errand import Received
from pipes_projects.kinds.drivers.parcel import Parcel
from pipes_projects.kinds.ray.frames import Frames

_PROGRAM: Final = Path(__file__).with_name("run.py")
_ANSWERS: Final = 15
_AFTER_GRACE: Final = 12
"""Seconds in which a node kills what is left, before Ray kills the one who does it."""
_RESOURCES: Final = {
    "cpus": "entrypoint_num_cpus",
    "gpus": "entrypoint_num_gpus",
    "resources": "entrypoint_resources",
}


class UnreachableClusterError(Exception):
    """Why a cluster cannot be used, and what to do."""


class JobState(NamedTuple):
    """What Ray says of a job."""

    name: str
    """Such as `RUNNING`."""
    message: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return bool(JobStatus(self.name).is_terminal())


class Cluster:
    """A cluster, and the only job there that is of interest."""

    def __init__(self, errand: Received, options: Mapping[str, Any]) -> None:
        self.errand, self.options = errand, options
        value = connection(options["connection"])
        known: dict[str, Any] = {"address": value} if isinstance(value, str) else dict(value)
        self.job = f"pipes-{errand.mark}"
        logging.disable(logging.INFO)  # what Ray tells of its own work
        named = f"the Ray cluster of connection `{options['connection']}`"
        if _is_silent(known):
            help_ = "look at its dashboard's log, or restart it"
            why = f"did not answer within {_ANSWERS} seconds"
            raise UnreachableClusterError(f"{named} {why}; {help_}")
        try:
            self.client: Any = JobSubmissionClient(
                known.get("address"), headers=known.get("headers")
            )
        except (ConnectionError, RuntimeError, ValueError, AssertionError) as error:
            help_ = "check its address, which is that of its dashboard"
            if not _may_be_a_dashboard(known.get("address")):
                text = f"{named} cannot be used: {help_}, such as `http://host:8265`"
                raise UnreachableClusterError(text) from None
            if isinstance(error, ConnectionError):
                raise UnreachableClusterError(f"{named} does not answer: {help_}") from None
            raise UnreachableClusterError(f"{named} cannot be used: {_last(error)}") from None

    def submit(self) -> None:
        """Submit the job; raises `UnreachableClusterError`."""
        folder = self.errand.folder / "job"
        folder.mkdir()
        parcel = Parcel(self.errand, self.options, _PROGRAM)
        self.errand.runs_in(parcel.root)
        (folder / "parcel.tar").write_bytes(parcel.packed())
        copy(_PROGRAM, folder)
        grace = self.errand.grace
        known = {name: str(value) for name, value in self._patience(grace).items()}
        runtime: dict[str, Any] = {"working_dir": str(folder), "env_vars": known}
        if "pip" in self.options:
            runtime["pip"] = list(self.options["pip"])
        asked = {name: self.options[of] for of, name in _RESOURCES.items() if of in self.options}
        try:
            self.client.submit_job(
                entrypoint=f"python3 -u run.py {parcel.folder} {parcel.mark} {grace}",
                submission_id=self.job,
                runtime_env=runtime,
                metadata={"script": self.errand.script},
                **asked,
            )
        except (RuntimeError, ValueError, ConnectionError) as error:
            raise UnreachableClusterError(f"Ray does not take the job: {_last(error)}") from None

    def _patience(self, grace: float) -> dict[str, object]:
        """How Ray itself stops the job: as the supervisor of a script would."""
        return {
            "RAY_JOB_STOP_SIGNAL": "SIGINT",
            "RAY_JOB_STOP_WAIT_TIME_S": round(2 * grace) + _AFTER_GRACE,
        }

    def follow(self, frames: Frames) -> Thread:
        """Take the log as it grows, until the job is over."""

        async def follow() -> None:
            async for text in self.client.tail_job_logs(self.job):
                frames.feed(text)

        def run() -> None:
            with suppress(Exception):  # the whole log is read at the end
                asyncio.run(follow())

        thread = Thread(target=run, name="job-log", daemon=True)
        thread.start()
        return thread

    def whole_log(self) -> str:
        """All of it, once the job is over."""
        with suppress(RuntimeError):
            return str(self.client.get_job_logs(self.job))
        return ""

    def state(self) -> JobState:
        """How the job is doing."""
        info = self.client.get_job_info(self.job)
        return JobState(str(info.status.value), str(info.message or ""))

    def stop(self) -> None:
        """Have it ended, if it is there."""
        with suppress(RuntimeError):
            self.client.stop_job(self.job)


def _is_silent(known: Mapping[str, Any]) -> bool:
    """Whether there is a cluster that takes requests and answers none: Ray's own client would wait
    for ever."""
    address = str(known.get("address"))
    if address.startswith(("http://", "https://")):
        try:
            url = f"{address.rstrip('/')}/api/version"
            requests.get(url, headers=known.get("headers"), timeout=_ANSWERS)
        except requests.ReadTimeout:
            return True
        except (requests.RequestException, ValueError):
            return False  # Ray's client says what is wrong
    return False


def _may_be_a_dashboard(address: object) -> bool:
    """Ray takes the scheme of any other URL for a module, and says only that it is missing."""
    scheme, found, _ = str(address or "").partition("://")
    return not found or scheme in ("http", "https")


def _last(error: Exception) -> str:
    """The last line of what may be the traceback of a server."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" .")]
    return (lines or [type(error).__name__])[-1].rstrip(".")
