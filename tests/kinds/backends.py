"""What runs scripts in the tests of every kind: a program, or a daemon that a fixture starts."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipes_projects.kinds.connections import variable_of
from tests.support.dockerd import IMAGE, PYTHON, docker_host
from tests.support.storages import sftp


@dataclass(frozen=True)
class Backend:
    """A kind, and what manifests and environments say so that it runs here."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    """The program that runs a Python script there."""
    connections: Mapping[str, Any] = field(default_factory=dict)
    """What the platform owner publishes for it."""

    def manifest(self, **options: Any) -> str:
        """The lines of a manifest that choose the kind, with some more of its options."""
        return f"kind: {self.kind}\n{self.kind}: {dumps({**self.options, **options})}\n"

    def left(self) -> list[str]:
        """What it has not removed, beside processes."""
        return []


class Subprocess(Backend):
    """The script is a process of this machine."""


class Docker(Backend):
    """The script is in a container."""

    def left(self) -> list[str]:
        """Containers, running or not."""
        return [str(container.name) for container in self.client().containers.list(all=True)]

    def client(self) -> Any:
        """A client of the daemon."""
        import docker

        return docker.DockerClient(base_url=self.environment["DOCKER_HOST"])


@contextmanager
def subprocess(_: Path) -> Iterator[Backend]:
    """It needs nothing."""
    yield Subprocess("subprocess")


@contextmanager
def docker(folder: Path) -> Iterator[Docker]:
    """A daemon with an image."""
    with docker_host(folder) as url:
        options = {"image": IMAGE, "command": [PYTHON, "-u"], "network": "none"}
        yield Docker("docker", options, {"DOCKER_HOST": url}, PYTHON)


@dataclass(frozen=True)
class Ssh(Backend):
    """The script is on another host, which is this machine."""

    folder: str = ""
    """Where that host's runs have their folders."""

    def left(self) -> list[str]:
        """The folders of runs; the host removes one a moment after its run."""
        until = time.monotonic() + 10
        while (found := os.listdir(self.folder)) and time.monotonic() < until:
            time.sleep(0.1)
        return found


@contextmanager
def ssh(folder: Path) -> Iterator[Backend]:
    """Debian's sshd, whose key is known."""
    runs = folder / "runs"
    runs.mkdir()
    with sftp(folder) as where:
        port = urlsplit(where.at).port
        there = {"host": "127.0.0.1", "port": port, **where.options}
        options = {"connection": "there", "command": [PYTHON, "-u"], "folder": str(runs)}
        environment = {variable_of("there"): dumps(there)}
        yield Ssh("ssh", options, environment, PYTHON, {"there": there}, str(runs))


BACKENDS = {"subprocess": subprocess, "docker": docker, "ssh": ssh}
