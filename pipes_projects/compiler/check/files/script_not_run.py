"""Scripts beside manifests whose kind does not run a script."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.compiler.check.files.runnable import runnable_siblings
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.project import Project
from pipes_projects.source import Location


def script_not_run(project: Project) -> Iterator[Diagnostic]:
    """A script beside a manifest is run by it."""
    for script in project.scripts:
        kind = project.kinds.get(script.kind)
        if kind is None or kind.takes_script:
            continue
        for path in runnable_siblings(project, script.location.path):
            name = path.rpartition("/")[2]
            message = f"`{name}` is never run: `kind: {kind.name}` takes no script"
            help_ = f"write the `kind` that runs it; otherwise move `{name}`, or call it `_{name}`"
            related = (Related(Location(path), "this script"),)
            yield Diagnostic(Code.SCRIPT_NOT_RUN, message, script.location, help_, related)
