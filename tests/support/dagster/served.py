"""A project in Dagster's own server: runs are launched and cancelled as its UI does it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil

_LAUNCH = """
mutation ($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
_CANCEL = """
mutation ($run: String!) { terminateRun(runId: $run) { __typename } }
"""
_STATUS = """
query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }
"""
_EVENTS = """
query ($run: ID!) {
  logsForRun(runId: $run) {
    ... on EventConnection {
      events {
        __typename
        ... on MessageEvent { message }
        ... on MaterializationEvent { assetKey { path } }
        ... on ExecutionStepFailureEvent { error { message } }
      }
    }
  }
}
"""
_LOCATION = """
{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }
"""
# Runs start at once: no daemon takes them from a queue.
_INSTANCE = """
telemetry: {enabled: false}
run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}
"""
ENDED = ("SUCCESS", "FAILURE", "CANCELED")


class Server:
    """`dagster-webserver` on a project, and what is asked of it."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url, self.process = url, process
        self.repository: dict[str, str] = {}

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())["data"]

    def is_ready(self) -> bool:
        """Whether the project is loaded."""
        try:
            nodes = self.ask(_LOCATION)["repositoriesOrError"]["nodes"]
        except (URLError, OSError, KeyError):
            return False
        for node in nodes:
            self.repository = {"name": node["name"], "location": node["location"]["name"]}
        return bool(nodes)

    def launch(self, *keys: str) -> str:
        """Start a run of assets, each step in a process of its own; its id."""
        selector = {
            "pipelineName": "__ASSET_JOB",
            "repositoryName": self.repository["name"],
            "repositoryLocationName": self.repository["location"],
            "assetSelection": [{"path": key.split("/")} for key in keys],
        }
        params = {"selector": selector, "mode": "default", "runConfigData": {}}
        run: str = self.ask(_LAUNCH, params=params)["launchRun"]["run"]["runId"]
        return run

    def cancel(self, run: str) -> None:
        """As the UI does it."""
        self.ask(_CANCEL, run=run)

    def status(self, run: str) -> str:
        """Of a run, by Dagster's name for it."""
        status: str = self.ask(_STATUS, run=run)["runOrError"]["status"]
        return status

    def events(self, run: str, name: str) -> list[dict[str, Any]]:
        """A run's events of one of Dagster's types, with what tests look at."""
        found = self.ask(_EVENTS, run=run)["logsForRun"].get("events", ())
        return [event for event in found if event["__typename"] == name]

    def ended(self, run: str, seconds: float = 60) -> str:
        """The status of a run once it has ended, or at the latest after so long."""
        until = time.monotonic() + seconds
        while (status := self.status(run)) not in ENDED and time.monotonic() < until:
            time.sleep(0.2)
        return status

    def workers(self) -> list[psutil.Process]:
        """The processes of runs: each is told its run by the code server that started it."""
        return [child for child in self._spawned() if not self._is_spawned(child.parent())]

    def steps(self) -> list[psutil.Process]:
        """The processes of steps: those that processes of runs started."""
        return [child for child in self._spawned() if self._is_spawned(child.parent())]

    def _spawned(self) -> list[psutil.Process]:
        return [child for child in self.process.children(recursive=True) if self._is_spawned(child)]

    @staticmethod
    def _is_spawned(process: psutil.Process | None) -> bool:
        try:
            return process is not None and "spawn_main" in " ".join(process.cmdline())
        except psutil.Error:
            return False


@contextmanager
def served(definitions: Path, home: Path) -> Iterator[Server]:
    """A server of a definitions file, on a free port of this machine; it ends with all it began."""
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text(_INSTANCE, "utf-8")
    words = [sys.executable, "-m", "dagster_webserver", "-f", str(definitions)]
    with serving(words, definitions.parent, {"DAGSTER_HOME": str(home)}) as server:
        yield server


@contextmanager
def serving(words: list[str], folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    """The server that a command starts, which is told where; it ends with all it began."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = psutil.Popen(
        [*words, "--host", "127.0.0.1", "--port", str(port)],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        until = time.monotonic() + 120
        while not server.is_ready() and time.monotonic() < until:
            time.sleep(0.3)
        assert server.repository, "Dagster has not loaded the project"
        yield server
    finally:
        below = process.children(recursive=True)
        process.terminate()
        psutil.wait_procs([process, *below], timeout=15)
        for left in (child for child in (process, *below) if child.is_running()):
            left.kill()
