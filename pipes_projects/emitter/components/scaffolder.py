"""What `dg scaffold defs` writes for a `PipesProjectComponent`."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from contextlib import suppress
from typing import Any, Final

import click
import dagster as dg

_IN_PYTHON: Final = (
    "a `component.py` would make `dg` import every script beside it: use `--format yaml`, which is"
    " the default"
)


class PipesProjectScaffolder(dg.Scaffolder):
    """Writes a project that authors can use at once."""

    def scaffold(self, request: "dg.ScaffoldRequest[Any]") -> None:
        """Write the component's `defs.yaml`, an example, and, for the first one in a `dg` project,
        what our commands and editors need; existing files are kept."""
        from pipes_projects.scaffold.dg import write_example

        if request.scaffold_format != "yaml":
            with suppress(OSError):
                request.target_path.rmdir()  # `dg` has made it, and would refuse it the next time
            raise click.UsageError(_IN_PYTHON)
        path = "pipes" if request.append else "."
        folder = (request.target_path.parent if request.append else request.target_path) / path
        dg.scaffold_component(request, {"path": path})
        write_example(folder, request.project_root)
