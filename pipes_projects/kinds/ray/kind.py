"""Kind `ray`: the script runs as a job of a Ray cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from pipes_projects.kinds.elsewhere import ElsewhereOptions, FolderThere, taken_by
from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.model import ConnectionName, Word
from pipes_projects.manifest.model.shapes import ModelShape

_DRIVER: Final = "pipes_projects.kinds.ray.driver"
Amount = Annotated[float, Field(ge=0)]


class RayOptions(ElsewhereOptions):
    """The Ray job that a script runs as."""

    connection: ConnectionName
    """The cluster: the URL of its dashboard, such as `http://head:8265`, or a mapping with
    `address` and, if need be, `headers`."""

    cwd: FolderThere | None = None
    """The folder on the node to run in; by default that of the script's copy."""

    folder: FolderThere | None = None
    """The folder on the node in which each run makes one of its own, with the script, what it
    imports and its `code_paths`; by default `/tmp`."""

    pip: list[Word] | None = None
    """Packages that Ray installs for the job, such as `pandas==2.2.3`."""

    cpus: Amount | None = None
    """How many processors the script itself takes on its node; by default none. What it starts
    through Ray asks on its own."""

    gpus: Amount | None = None
    """How many GPUs the script itself takes; by default none."""

    resources: dict[Word, Amount] | None = None
    """What else the script itself takes, by the names that the cluster gives it."""


def launch(script: Path, options: RayOptions, root: Path) -> Launch:
    """The driver, which submits the job."""
    return taken_by(_DRIVER, script, options, root, options.connection)


RAY: Final = RegisteredKind(
    "ray",
    "Runs the script as a job of a Ray cluster.",
    options=ModelShape(RayOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
    needs=("ray",),
    install="pipes-projects[ray]",
    example="""\
kind: ray
ray:
  connection: cluster  # published by the platform owner
  pip: [pandas]
""",
)
