"""Dagster as docs/scale.md sets it up, with a code location for each executor."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
import psutil

from tests.slow.fifty import project
from tests.slow.servers import HOST, Servers, free_port, listens, servers, wait
from tests.support.dagster.served import Server
from tests.support.folder import Folder
from tests.support.pages.scale_page import STORAGE, TEXT, commands, files, part
from tests.support.processes.scripts import marked
from tests.support.processes.trees import WITNESS

EXECUTORS = ("multiprocess", "dask", "celery")
SOON = "15"
"""Seconds until Redis gives away what a lost worker had: on the page, it is a day."""

_OF_DASK = ("scheduler", "worker")


class Site:
    """A server, a daemon and PostgreSQL; workers start when they are asked for."""

    def __init__(self, servers: Servers, instance: dg.DagsterInstance, server: Server) -> None:
        self.servers, self.instance, self.server = servers, instance, server
        self.folders: dict[str, Folder] = {}
        self.run = ""

    def start_workers(self, executor: str, names: str = "ab") -> list[psutil.Popen]:
        """Those of an executor, as the page starts them: none, one, or one for each name."""
        started, cwd = self.servers, self.folders[executor].root
        if executor == "dask":
            (scheduler,), (worker,) = (commands(part("dask"), f"dask {of}") for of in _OF_DASK)
            port = started.env["DASK_SCHEDULER"].rpartition(":")[2]
            started.start(f"{scheduler} --host {HOST} --port {port} --no-dashboard", cwd)
            return [started.start(f"{worker} --host {HOST} --no-dashboard", cwd)]
        found = commands(part(executor), "dagster-celery")
        words = (line.replace(" -y", f" -n {n} -y", 1) for line in found for n in names)
        return [
            started.start(line.replace("concurrency 2", "concurrency 1"), cwd) for line in words
        ]

    def launch(self, executor: str, *keys: str) -> str:
        """Start a run, as the UI does; its id."""
        self.server.repository = {"name": "__repository__", "location": executor}
        return self.server.launch(*keys)

    def ended(self, run: str, seconds: float) -> list[dg.DagsterRun]:
        """A run and its retries, the latest first, once no more are to come."""
        self.run = run
        wait(self._is_over, seconds, f"{run} has not ended: {self._runs()}")
        return self._runs()

    def _runs(self) -> list[dg.DagsterRun]:
        retries = self.instance.get_runs(dg.RunsFilter(tags={"dagster/root_run_id": self.run}))
        first = self.instance.get_run_by_id(self.run)
        return [*retries, *([first] if first else [])]

    def _is_over(self) -> bool:
        """Dagster marks each failed run, a moment after it has failed."""
        latest = self._runs()[0]
        has_failed = latest.status == dg.DagsterRunStatus.FAILURE
        is_last = not has_failed or latest.tags.get("dagster/will_retry") == "false"
        return latest.is_finished and is_last

    def made(self, *runs: str) -> list[str]:
        """The assets that runs have made, sorted; one that was made twice is there twice."""
        kind = dg.DagsterEventType.ASSET_MATERIALIZATION
        return sorted(
            event.dagster_event.asset_key.to_user_string()
            for run in runs
            for event in self.instance.all_logs(run, of_type=kind)
            if event.dagster_event and event.dagster_event.asset_key
        )

    def errors(self, run: str) -> dict[str, str]:
        """What a run that failed says, and each of its failed steps by its key."""
        told = {}
        for entry in self.instance.all_logs(run):
            event: Any = entry.dagster_event
            if event and (event.is_step_failure or event.is_run_failure):
                error = getattr(event.event_specific_data, "error", None)
                told[event.step_key or ""] = error.to_string() if error else event.message or ""
        return told

    def host(self, executor: str, name: str) -> psutil.Process:
        """The process of the step whose script has written its id into a file."""
        path = self.folders[executor].root / "data" / name
        wait(lambda: path.exists() and path.read_text(), 300, f"{name} is not there")
        supervisor = psutil.Process(int(path.read_text())).parent()
        host = supervisor and supervisor.parents()[1]
        assert host
        return host

    def left(self, executor: str) -> list[psutil.Process]:
        """The processes of scripts that are still there after a while."""
        until = time.monotonic() + 20
        while (found := marked(WITNESS, executor)) and time.monotonic() < until:
            time.sleep(0.1)
        return found


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Started as the page says; ended with all that it started."""
    with servers(folder) as started:
        home, scratch = folder / "home", folder / "scratch"
        home.mkdir()
        scratch.mkdir()
        (home / "dagster.yaml").write_text(files(STORAGE)["dagster.yaml"])
        url = f"postgresql+psycopg2://dagster@{HOST}:{started.postgres()}/postgres"
        known = {
            "DAGSTER_POSTGRES_URL": url,
            "DAGSTER_HOME": str(home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "CELERY_BROKER": f"redis://{HOST}:{started.redis()}/0",
            "DASK_SCHEDULER": f"tcp://{HOST}:{free_port()}",
            "TMPDIR": str(scratch),
        }
        started.env |= known
        with patch.dict(os.environ, known), dg.DagsterInstance.get() as instance:
            folders = {name: _project(folder, name) for name in EXECUTORS}
            server = _dagster(started, folder, folders)
            made = Site(started, instance, server)
            made.folders = folders
            yield made


def _project(folder: Path, executor: str) -> Folder:
    made = project(folder / executor, executor)
    for path, text in files(part(executor)).items():
        made.write(path, text.replace("86400", SOON))
    return made


def _dagster(started: Servers, folder: Path, folders: dict[str, Folder]) -> Server:
    """A code location each, the web server and the daemon."""
    entries = "".join(_location(started, name, project) for name, project in folders.items())
    (folder / "workspace.yaml").write_text(f"load_from:\n{entries}")
    (web,), (daemon,) = commands(TEXT, "dagster-webserver"), commands(TEXT, "dagster-daemon")
    port = free_port()
    process = started.start(f"{web} -h {HOST} -p {port}", folder)
    started.start(daemon, folder)
    server = Server(f"http://{HOST}:{port}", process)
    wait(lambda: server.is_ready() and len(_locations(server)) == len(folders), 240, "not loaded")
    return server


def _location(started: Servers, name: str, project: Folder) -> str:
    """Serve a project; its entry in the workspace, which has no variables for three locations."""
    (serve,) = commands(TEXT, "dagster api")
    entry = files(STORAGE)["workspace.yaml"].partition("load_from:\n")[2].replace("team", name)
    where = {"LOCATION_HOST": HOST, "LOCATION_PORT": str(free_port())}
    started.start(serve.replace("team", name), project.root, **where)
    wait(lambda: listens(int(where["LOCATION_PORT"])), 120, f"{name} is not served")
    for variable, value in where.items():
        entry = entry.replace(f"{{env: {variable}}}", value)
    return entry


def _locations(server: Server) -> list[object]:
    query = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"
    nodes: list[object] = server.ask(query)["repositoriesOrError"]["nodes"]
    return nodes
