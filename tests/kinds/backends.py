"""What runs scripts in the tests of every kind: a program, or a daemon that a fixture starts.

`test_which_kinds.py` says where those of other kinds are, and what not every kind can promise.
"""

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from json import dumps
from pathlib import Path
from subprocess import run
from textwrap import dedent
from typing import Any
from urllib.parse import urlsplit

from pipes_projects.kinds.connections import variable_of
from pipes_projects.kinds.docker.leftovers import name_of
from tests.kinds.scripts import IN_PYTHON, Scripts
from tests.support.processes.scripts import marked
from tests.support.processes.trees import WITNESS
from tests.support.projects.notebooks import notebook_of
from tests.support.servers.dockerd import IMAGE, PYTHON, docker_host
from tests.support.servers.slurm import slurm as slurm_cluster
from tests.support.servers.storages import sftp


@dataclass(frozen=True)
class Backend:
    """A kind, and what manifests and environments say so that it runs here."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    _: KW_ONLY
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    """The program that runs a Python script there."""
    connections: Mapping[str, Any] = field(default_factory=dict)
    """What the platform owner publishes for it."""

    ending: str = ".py"
    """That of its scripts."""
    scripts: Scripts = IN_PYTHON
    is_program: bool = True
    """Whether its scripts may do whatever programs do; a query only makes tables."""
    arguments: str = "sys.argv[1:]"
    """Python that is the arguments of a script, or what a script gets instead."""
    takes_arguments: bool = True
    takes_variables: bool = True
    starts_within: int = 3
    """Seconds in which a script gets to its first lines, even on a busy machine."""
    asked: tuple[str, ...] = ()
    """What `pipes-projects run` needs to be told."""
    program: str = "pipes_projects"
    """The module that is `pipes-projects`."""
    soon: str = "grace: 0.5s\n"
    """The lines of a manifest that have a script ended soon."""
    may_remove: bool = True
    """Whether the file of its messages is one that scripts can remove."""
    echoes: int = 1
    """How often standard error is shown."""
    cut: str = "was not written completely"
    """What is wrong with half a message."""
    processes: int = 3
    """How many there are, at the least, while an endless script runs."""

    @property
    def path(self) -> str:
        """The script of `g/a`."""
        return f"defs/g/a{self.ending}"

    def content(self, script: str) -> str:
        """A script's file, from its Python."""
        return script

    def place(self, line: int) -> str:
        """How an error names a line of the script."""
        return f"{self.path}:{line}"

    def manifest(self, **options: Any) -> str:
        """The lines of a manifest that choose the kind, with some more of its options."""
        return f"kind: {self.kind}\n{self.kind}: {dumps({**self.options, **options})}\n"

    def says(self, text: str) -> str:
        """Python that sends text where messages go, whatever it is."""
        return f"""
        import os
        from dagster_pipes import decode_param
        with open(decode_param(os.environ["DAGSTER_PIPES_MESSAGES"])["path"], "a") as file:
            file.write({text!r})
        """

    def failed(self, ending: str) -> str:
        """A pattern of how a script has ended."""
        return re.escape(ending)

    def failed_silently(self, ending: str) -> str:
        """The same, if it has reported no error."""
        return self.failed(ending)

    def marked(self, name: str, value: str) -> dict[str, Any]:
        """Options that give the script, and what it starts, a variable."""
        return {"env": {name: value}}

    def reported(self, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What a script says of its asset, in the metadata of that."""
        return dict(metadata)

    def goes_on(self, lines: Iterable[str]) -> bool:
        """Wait until the endless script goes on; the lines are what the run shows."""
        return any(line.rstrip().removeprefix("g/a | ") == "ready" for line in lines)

    def at_work(self, witness: str) -> list[Any]:
        """What scripts that were marked with it have running."""
        return marked(WITNESS, witness)

    def in_project(self, root: Path) -> None:
        """It runs scripts of this project."""

    def left(self) -> list[str]:
        """What it has not removed, beside processes."""
        return []


class Subprocess(Backend):
    """The script is a process of this machine."""


class Docker(Backend):
    """The script is in a container."""

    def left(self) -> list[str]:
        """Containers of scripts, running or not.

        The daemon also has those of functions, which may be removed while they are listed.
        """
        names = (
            container.name
            for container in self.client().containers.list(all=True, ignore_removed=True)
        )
        return [str(name) for name in names if str(name).startswith(name_of(""))]

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
        environment = {"DOCKER_HOST": url}
        yield Docker("docker", options, environment=environment, python=PYTHON, may_remove=False)


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
        yield Ssh(
            "ssh",
            options,
            environment=environment,
            python=PYTHON,
            connections={"there": there},
            folder=str(runs),
        )


@dataclass(frozen=True)
class Slurm(Backend):
    """The script is a job of a cluster, which is this machine."""

    folder: str = ""
    """Where jobs have their folders."""

    def left(self) -> list[str]:
        """Jobs, and their folders."""
        return [*os.listdir(self.folder), *self.jobs()]

    def jobs(self) -> list[str]:
        """Those that are not over, by name."""
        asked = ["squeue", "--noheader", "--format=%j"]
        environment = {**os.environ, **self.environment}
        told = run(asked, env=environment, capture_output=True, text=True, check=True)
        return told.stdout.splitlines()


@contextmanager
def slurm(folder: Path) -> Iterator[Backend]:
    """Debian's Slurm."""
    runs = folder / "runs"
    runs.mkdir()
    with slurm_cluster(folder) as config:
        options = {"command": [PYTHON, "-u"], "folder": str(runs)}
        configured = {"SLURM_CONF": str(config)}
        yield Slurm("slurm", options, environment=configured, python=PYTHON, folder=str(runs))


class Notebook(Backend):
    """The script is the only cell of a notebook."""

    def content(self, script: str) -> str:
        """See `Backend`."""
        return notebook_of(dedent(script))

    def place(self, line: int) -> str:
        """See `Backend`."""
        return f"{self.path}, code cell 1:{line}"


@contextmanager
def notebook(_: Path) -> Iterator[Backend]:
    """Python runs it; its parameters are variables."""
    arguments = '[f"--n={n}", "a b"]'
    yield Notebook("notebook", ending=".ipynb", arguments=arguments, takes_arguments=False,
                   starts_within=15)  # fmt: skip


BACKENDS = {
    "subprocess": subprocess,
    "docker": docker,
    "ssh": ssh,
    "slurm": slurm,
    "notebook": notebook,
}
