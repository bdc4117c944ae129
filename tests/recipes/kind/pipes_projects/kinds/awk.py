"""Kind `awk`: the script is a program of awk's, run on a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipes_projects.kinds.launch import Launch
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import Model, RelativePath
from pipes_projects.manifest.model.shapes import ModelShape


class AwkOptions(Model):
    """What a program of awk's reads."""

    input: RelativePath
    """The file, relative to this one."""


def launch(script: Path, options: AwkOptions, root: Path) -> Launch:
    """`awk -f` with the script, on the file."""
    return Launch(("awk", "-f", str(script), str(root / options.input)), cwd=str(script.parent))


AWK: Final = RegisteredKind(
    "awk",
    "Runs a program of awk's on a file.",
    options=ModelShape(AwkOptions),
    endings=(".awk",),
    forbidden={"can_subset": "always reads the whole file"},
    launch=launch,
)
