"""Kind `docker`: the script runs in a container."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from pipes_projects.kinds.elsewhere import ElsewhereOptions, FolderThere, taken_by
from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.model import (
    ConnectionName,
    SchemaPattern,
    SomeText,
    Text,
    Word,
    matching,
)
from pipes_projects.manifest.model.shapes import ModelShape

_DRIVER: Final = "pipes_projects.kinds.docker.driver"
_VOLUME = r"(/[^:\x00]*|[A-Za-z0-9][A-Za-z0-9_.-]*):/[^:\x00]*(:(ro|rw))?"
_VOLUME_HELP = (
    "write `/folder/here:/folder/there` or `volume:/folder/there`, with `:ro` to only read it"
)
Volume = Annotated[
    str,
    matching(_VOLUME, "invalid-value", "`VALUE` is not a volume", _VOLUME_HELP),
    SchemaPattern(_VOLUME, _VOLUME_HELP),
]
_IMAGE = r"\S+"
_IMAGE_HELP = "write its name and, after `:`, its tag, as in `python:3.12-slim`"
Image = Annotated[
    Word,
    matching(_IMAGE, "invalid-value", "`VALUE` is not an image", _IMAGE_HELP),
    SchemaPattern(_IMAGE, _IMAGE_HELP),
]
_SIZE = r"[0-9]+[bkmgBKMG]?"
_SIZE_HELP = "write a number of bytes, or one with `k`, `m` or `g`, as in `512m`"


class DockerOptions(ElsewhereOptions):
    """The container that a script runs in."""

    image: Image
    """The image, such as `python:3.12-slim`."""

    connection: ConnectionName | None = None
    """The Docker daemon: a URL such as `ssh://user@host` or `tcp://host:2376`, or a mapping with
    `host`, and the `username` and `password` of the image's registry. By default the one that the
    `docker` command uses."""

    in_image: FolderThere | None = None
    """The folder in the image that holds the project's files, if they are part of it. By default
    the script, what it imports and its `code_paths` are mounted, and can only be read."""

    cwd: FolderThere | None = None
    """The folder in the container to run in; by default the script's own."""

    volumes: list[Volume] | None = None
    """Folders of the machine, and volumes, as `docker run --volume` takes them."""

    network: SomeText | None = None
    """The network that the container joins, or `none`, or `host`."""

    user: SomeText | None = None
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

    platform: SomeText | None = None
    """The platform of the image, such as `linux/amd64`."""

    pull: Literal["missing", "always", "never"] | None = None
    """When the image is pulled: if it is `missing`, which is the default, `always`, or `never`."""


def launch(script: Path, options: DockerOptions, root: Path) -> Launch:
    """The driver, which runs the script in a container."""
    connections = (options.connection,) if options.connection else ()
    return taken_by(_DRIVER, script, options, root, *connections)


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
