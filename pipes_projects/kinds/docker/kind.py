"""Kind `docker`: the script runs in a container."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from pipes_projects.kinds.launch import Launch, driven_by
from pipes_projects.kinds.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS, Command
from pipes_projects.manifest.model import ConnectionName, Model, SchemaPattern, Text, Word, matching
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

_DRIVER: Final = "pipes_projects.kinds.docker.driver"
_IN = r"/[^\x00]*"
_IN_HELP = "a path in a container begins with `/`"
InContainer = Annotated[
    str,
    matching(_IN, "invalid-value", "`VALUE` is not the path of a folder in a container", _IN_HELP),
    SchemaPattern(_IN, _IN_HELP),
]
_VOLUME = r"(/[^:\x00]*|[A-Za-z0-9][A-Za-z0-9_.-]*):/[^:\x00]*(:(ro|rw))?"
_VOLUME_HELP = (
    "write `/folder/here:/folder/there` or `volume:/folder/there`, with `:ro` to only read it"
)
Volume = Annotated[
    str,
    matching(_VOLUME, "invalid-value", "`VALUE` is not a volume", _VOLUME_HELP),
    SchemaPattern(_VOLUME, _VOLUME_HELP),
]
_SIZE = r"[0-9]+[bkmgBKMG]?"
_SIZE_HELP = "write a number of bytes, or one with `k`, `m` or `g`, as in `512m`"


class DockerOptions(Model):
    """The container that a script runs in."""

    image: Word
    """The image, such as `python:3.12-slim`."""

    connection: ConnectionName | None = None
    """The Docker daemon: a URL such as `ssh://user@host` or `tcp://host:2376`, or a mapping with
    `host`, and the `username` and `password` of the image's registry. By default the one that the
    `docker` command uses."""

    command: Command | None = None
    """The program in the image that runs the script, and its arguments; the script's path follows.
    By default whatever fits the script's ending: `python`, `bash`, …"""

    args: list[Word] | None = None
    """Arguments after the script's path."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables. Of Dagster's own, a container has only those that `inherit_env`
    lists."""

    in_image: InContainer | None = None
    """The folder in the image that holds the project's files, if they are part of it. By default
    the script, what it imports and its `code_paths` are mounted, and can only be read."""

    cwd: InContainer | None = None
    """The folder in the container to run in; by default the script's own."""

    volumes: list[Volume] | None = None
    """Folders of the machine, and volumes, as `docker run --volume` takes them."""

    network: Text | None = None
    """The network that the container joins, or `none`, or `host`."""

    user: Text | None = None
    """The user in the container, as `name` or `uid:gid`; by default the image's."""

    memory: (
        Annotated[
            Text,
            matching(_SIZE, "invalid-value", "`VALUE` is not an amount of memory", _SIZE_HELP),
            SchemaPattern(_SIZE, _SIZE_HELP),
        ]
        | None
    ) = None
    """How much memory the container may use, such as `512m`."""

    cpus: Annotated[float, Field(gt=0)] | None = None
    """How many processors it may use, such as `1.5`."""

    platform: Text | None = None
    """The platform of the image, such as `linux/amd64`."""

    pull: Literal["missing", "always", "never"] | None = None
    """When the image is pulled: if it is `missing`, which is the default, `always`, or `never`."""


def launch(script: Path, options: DockerOptions, root: Path) -> Launch:
    """The driver, which runs the script in a container."""
    told = options.model_dump(exclude_none=True, exclude={"env"})
    connections = (options.connection,) if options.connection else ()
    told["command"] = options.command or _program(script)
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    driver = driven_by(_DRIVER, json.dumps(told), cwd=str(root), connections=connections)
    return replace(driver, env=env, runs_elsewhere=True)


def _program(script: Path) -> list[str]:
    """What an image usually has for scripts with this ending."""
    return list(INTERPRETERS.get(script.suffix) or ("python", "-u"))


DOCKER: Final = RegisteredKind(
    "docker",
    "Runs the script in a container, which is removed afterwards.",
    options=ModelShape(DockerOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
    needs=("docker",),
    install="pipes-projects[docker]",
    example="""\
kind: docker
docker:
  image: python:3.12-slim
  network: none
""",
)
