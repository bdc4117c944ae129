"""Assets with so many dependencies that nobody can follow them."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Project

MOST = 12


def many_deps(project: Project) -> Iterator[Diagnostic]:
    """No asset has more dependencies than a reader of the graph can follow."""
    for asset in project.assets():
        if (count := len(asset.deps)) > MOST:
            message = f"asset `{asset.key}` has {count} dependencies"
            help_ = "make an asset of some of them, and depend on that"
            yield Diagnostic(Code.MANY_DEPS, message, asset.deps[MOST].location, help_)
