"""The suite of all kinds on a real Ray cluster of one node, and what only such a cluster has."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from pipes_projects.kinds.connections import variable_of
from tests.kinds.backends import Backend
from tests.kinds.conftest import witness  # noqa: F401 - a fixture
from tests.kinds.test_every_kind import *  # noqa: F403 - pytest collects them here
from tests.kinds.test_every_kind import ran, script
from tests.slow.servers import end, free_port, wait
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

PYTHON = sys.executable
"""The cluster's, which has Ray."""


@dataclass(frozen=True)
class Ray(Backend):
    """The script is a job of a cluster, which is this machine."""

    folder: str = ""

    def left(self) -> list[str]:
        """The folders of runs."""
        return os.listdir(self.folder)


@contextmanager
def ray(folder: Path) -> Iterator[Ray]:
    """A cluster of one node, which listens on 127.0.0.1 alone."""
    runs, ports = folder / "runs", [free_port() for _ in range(3)]
    runs.mkdir()
    url = f"http://127.0.0.1:{ports[1]}"
    # The path of a socket may have 107 bytes, and those below Ray's folder are long.
    with TemporaryDirectory(prefix="ray", dir="/tmp") as short, (folder / "log").open("wb") as log:
        words = [
            *(str(Path(PYTHON).parent / "ray"), "start", "--head", "--block"),
            *("--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1", "--num-cpus=2"),
            *(f"--port={ports[0]}", f"--dashboard-port={ports[1]}"),
            *(f"--ray-client-server-port={ports[2]}", f"--temp-dir={short}"),
            "--disable-usage-stats",
        ]
        cluster = psutil.Popen(words, stdout=log, stderr=log, cwd=folder)
        try:
            wait(lambda: answers(url) or cluster.poll() is not None, 180, "Ray does not answer")
            assert cluster.poll() is None, (folder / "log").read_text()
            options = {"connection": "cluster", "command": [PYTHON, "-u"], "folder": str(runs)}
            environment = {variable_of("cluster"): url}
            named = {"cluster": url}
            yield Ray(
                "ray",
                options,
                environment=environment,
                python=PYTHON,
                connections=named,
                starts_within=25,
                folder=str(runs),
            )
        finally:
            end(cluster)


def answers(url: str) -> bool:
    """Whether jobs can be submitted there."""
    try:
        with urlopen(f"{url}/api/jobs/", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ray]:
    with ray(tmp_path_factory.mktemp("ray")) as made:
        yield made


@pytest.fixture
def backend(cluster: Ray, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The only kind here."""
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    yield cluster
    assert cluster.left() == []


def test_a_script_uses_the_cluster_that_it_runs_on(backend: Backend, folder: Folder) -> None:
    text = """
        import ray
        from dagster_pipes import open_dagster_pipes

        @ray.remote
        def square(number):
            return number * number

        with open_dagster_pipes() as pipes:
            ray.init()
            found = ray.get([square.remote(number) for number in range(4)])
            pipes.report_asset_materialization(metadata={"sum": sum(found)})
    """
    script(folder, backend, text)
    outcome = ran(folder)
    assert outcome.code == 0, outcome.why
    assert outcome.metadata("g/a") == {"sum": 14}
    job = outcome.assets["g/a"]["metadata"]["ray_job_id"]["value"]
    assert job.startswith("pipes-")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"command": ["no-such"]}, "the node has no program `no-such` on its PATH"),
        ({"cwd": "/no/such"}, "the node has no folder `/no/such`"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    backend: Backend, folder: Folder, options: Mapping[str, Any], why: str
) -> None:
    script(folder, backend, "print('never')\n", **options)
    assert ran(folder).why == f"defs/g/a.py: {why}"


def test_a_cluster_that_is_not_there_is_one_sentence(
    backend: Backend, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(folder, backend, "print('never')\n")
    url = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv(variable_of("cluster"), url)
    assert ran(folder).why == (
        "defs/g/a.py: the Ray cluster of connection `cluster` does not answer: check its address,"
        " which is that of its dashboard"
    )
    monkeypatch.setenv(variable_of("cluster"), "ssh://127.0.0.1")
    assert ran(folder).why == (
        "defs/g/a.py: the Ray cluster of connection `cluster` cannot be used: check its address,"
        " which is that of its dashboard, such as `http://host:8265`"
    )


def test_a_cluster_that_never_answers_is_not_waited_for(
    backend: Backend, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(folder, backend, "print('never')\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv(variable_of("cluster"), url)
        assert ran(folder).why == (
            "defs/g/a.py: the Ray cluster of connection `cluster` did not answer within 15 seconds;"
            " look at its dashboard's log, or restart it"
        )


def test_why_a_job_is_pending_is_said(backend: Backend, folder: Folder) -> None:
    script(folder, backend, "", "timeout: 15s\ngrace: 0.2s\n", gpus=3)
    why = ran(folder).why.splitlines()
    assert why[0] == "defs/g/a.py: timed out after 15s"
    assert " is pending: " in why[1]
