"""Kind `slurm`: the script runs as a job of a Slurm cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from pipes_projects.kinds.elsewhere import ElsewhereOptions, FolderThere, taken_by
from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.model import (
    ConnectionName,
    SchemaPattern,
    SomeWord,
    Text,
    Word,
    matching,
    until_filled,
)
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.duration import Seconds

_DRIVER: Final = "pipes_projects.kinds.slurm.driver"
_LIMIT = until_filled(r"[0-9]+(-[0-9]+(:[0-9]+){0,2}|(:[0-9]+){0,2})")
_SIZE = until_filled(r"[0-9]+([KMGTkmgt][Bb]?)?")
_SIZE_HELP = "write a number of megabytes, or one with `K`, `M`, `G` or `T`, as in `4G`"
_LIMIT_HELP = "write minutes, as in `90`, or `hours:minutes:seconds`, or `days-hours`"


class SlurmOptions(ElsewhereOptions):
    """The Slurm job that a script runs as."""

    connection: ConnectionName | None = None
    """A host from which jobs are submitted, over SSH, as `kind: ssh` takes it. By default the
    machine that runs Dagster, which has Slurm's commands."""

    setup: Text | None = None
    """Lines of Bash that are run on the node before the script, such as `module load python`. The
    first command that fails ends the job."""

    cwd: FolderThere | None = None
    """The folder on the node to run in; by default that of the script's copy."""

    folder: FolderThere | None = None
    """The folder in which each run makes one of its own, with the script, what it imports and its
    `code_paths`. The nodes must see it too. By default the user's home."""

    keep: bool | None = None
    """Whether that folder is kept, and its path printed, instead of removed afterwards."""

    partition: SomeWord | None = None
    """The partition, or several of them, separated by commas; by default the cluster's."""

    account: SomeWord | None = None
    """The account that is charged."""

    qos: SomeWord | None = None
    """The quality of service."""

    time: (
        Annotated[
            Word,
            matching(_LIMIT, "invalid-value", "`VALUE` is not a time limit of Slurm", _LIMIT_HELP),
            SchemaPattern(_LIMIT, _LIMIT_HELP),
        ]
        | None
    ) = None
    """The job's time limit, such as `90` for minutes or `"1-12:00:00"`; by default the
    partition's."""

    nodes: Annotated[int, Field(ge=1)] | None = None
    """How many nodes the job gets; the script starts on the first."""

    ntasks: Annotated[int, Field(ge=1)] | None = None
    """How many tasks the script may start with `srun`; by default one on each node."""

    cpus: Annotated[int, Field(ge=1)] | None = None
    """How many processors each task gets."""

    mem: (
        Annotated[
            Word,
            matching(_SIZE, "invalid-value", "`VALUE` is not an amount of memory", _SIZE_HELP),
            SchemaPattern(_SIZE, _SIZE_HELP),
        ]
        | None
    ) = None
    """How much memory each node has for the job, such as `4G`."""

    gres: SomeWord | None = None
    """Other resources on each node, such as `gpu:1`."""

    constraint: SomeWord | None = None
    """What the nodes must have, such as `skylake`."""

    sbatch: list[SomeWord] | None = None
    """More arguments of `sbatch`, such as `--reservation=training`."""

    start_within: Seconds | None = None
    """How long the job may be pending before it is cancelled; by default as long as `timeout`
    allows."""


def launch(script: Path, options: SlurmOptions, root: Path) -> Launch:
    """The driver, which submits the job."""
    connections = (options.connection,) if options.connection else ()
    return taken_by(_DRIVER, script, options, root, *connections)


SLURM: Final = RegisteredKind(
    "slurm",
    "Runs the script as a job of a Slurm cluster.",
    options=ModelShape(SlurmOptions),
    endings=tuple(INTERPRETERS),
    any_ending_with="command",
    launch=launch,
    example="""\
kind: slurm
slurm:
  partition: short
  time: 90
  cpus: 4
  mem: 8G
""",
)
