"""What authors write for `kind: notebook`, and how a notebook is started."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipes_projects.kinds.launch import Launch, driven_by, shown
from pipes_projects.kinds.notebook.cells import ENDING
from pipes_projects.kinds.registry.registered import RegisteredKind
from pipes_projects.manifest.model import Model, RelativeFolder, RelativePath, SomeText, Word
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.values.environment import VariableName

_DRIVER: Final = "pipes_projects.kinds.notebook.driver"
_USUAL: Final = ".pipes-projects/notebooks"


class NotebookOptions(Model):
    """What runs a notebook, and where the executed one is kept."""

    kernel: SomeText | None = None
    """The kernel that runs it, such as `python3` or `ir`; by default the one that it names. A
    notebook in Python whose kernel is not installed where it runs gets Dagster's Python."""

    output: RelativePath | None = None
    """The folder in which executed notebooks are kept, one for each run, relative to this file; by
    default `.pipes-projects/notebooks` in the project, which git ignores."""

    env: dict[VariableName, Word | None] | None = None
    """Environment variables, in addition to those that the notebook inherits."""

    cwd: RelativeFolder | None = None
    """The folder to run in, relative to this file; by default the notebook's own."""


def launch(script: Path, options: NotebookOptions, root: Path) -> Launch:
    """The driver, which starts a kernel and runs the cells in it."""
    output = str(root / (options.output or _USUAL))
    told = {"shown": shown(script, root), "kernel": options.kernel, "output": output}
    cwd = str(root / options.cwd if options.cwd else script.parent)
    env = {name: value for name, value in (options.env or {}).items() if value is not None}
    driver = driven_by(_DRIVER, str(script), json.dumps(told), cwd=cwd)
    return replace(driver, env=env, keeps_output=True)


NOTEBOOK: Final = RegisteredKind(
    "notebook",
    "Runs a Jupyter notebook from its first cell to its last, and keeps it with its outputs.",
    options=ModelShape(NotebookOptions),
    endings=(ENDING,),
    launch=launch,
    needs=("nbclient", "ipykernel", "papermill"),
    install="pipes-projects[notebook]",
    example="""\
kind: notebook
params: {min_orders: 10}  # set after the cell that is tagged `parameters`
""",
)
