"""Kinds whose scripts could not run here, because something is not installed."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds.registry.installed import how_to_install, missing
from pipes_projects.project import Project, Script


def missing_package(project: Project) -> Iterator[Diagnostic]:
    """What the scripts of a kind need is installed where they run."""
    users: dict[str, list[Script]] = {}
    for script in project.scripts:
        users.setdefault(script.kind, []).append(script)
    for name in users.keys() - project.run_by_owner:
        kind = project.kinds.get(name)
        if kind is not None and kind.needs and (modules := missing(kind)):
            listed = ", ".join(f"`{module}`" for module in modules)
            number = len(users[name])
            scripts = "one script" if number == 1 else f"{number} scripts"
            message = f"`kind: {name}` ({scripts}) needs {listed}: not installed here"
            help_ = f"{how_to_install(kind)} where scripts run; manifests are checked without it"
            first = min(users[name], key=lambda script: script.location.path)
            yield Diagnostic(Code.MISSING_PACKAGE, message, first.location, help_)
