"""The errands of scripts that run elsewhere: what a host gives their drivers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pipes_projects.analysis.code_version.files import needed_files
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.disk.boundary import LeadsOutError, leads_out
from pipes_projects.disk.files import DiskFiles
from pipes_projects.kinds.drivers.errand import Errand, prefixed
from pipes_projects.kinds.launch import Launch
from pipes_projects.project import Script
from pipes_projects.running.ending import CannotStartError
from pipes_projects.running.environment import Environment, Inherit, Secrets, environment
from pipes_projects.running.process import environment_of_host


def environment_for(
    launch: Launch,
    inherit: Inherit,
    secrets: Secrets,
    resolve: Callable[[str], str | None] = os.environ.get,
) -> Environment:
    """The environment of a launch. A driver has the host's own, and beside it the variables of the
    script, which inherits nothing that is not listed by name.

    Raises as `environment` does.
    """
    if not launch.runs_elsewhere:
        return environment(inherit, launch.env, secrets, resolve)
    listed = "none" if inherit is None or isinstance(inherit, str) else inherit
    own = environment(listed, launch.env, secrets, resolve)
    return own._replace(variables={**environment_of_host(), **prefixed(own.variables)})


def errand_of(script: Script, root: Path, grace: float) -> Errand:
    """The errand of a script that is at its path in a project, or in a copy of that; raises
    `CannotStartError`."""
    try:
        files = needed_files(script, root)
    except ScriptUnreadableError as error:
        raise CannotStartError(str(error)) from None
    return _checked(Errand(str(root), script.path or "", files, grace))


def errand_of_copy(file: Path, folder: Path, grace: float) -> Errand:
    """The errand of a shipped script that is not at its own path: it takes along all of its folder,
    or only itself if it is in no folder of shipped files."""
    if not file.is_relative_to(folder):
        return Errand(str(file.parent), file.name, (file.name,), grace)
    files = DiskFiles(folder).within(".")
    return _checked(Errand(str(folder), file.relative_to(folder).as_posix(), files, grace))


def _checked(errand: Errand) -> Errand:
    for file in errand.files:
        if leads_out(os.path.join(errand.root, file), errand.root):
            raise CannotStartError(str(LeadsOutError(file)))
    return errand
