"""A step → a job for the runner: its process, its environment, and its context."""

from __future__ import annotations

import os
from json import dumps
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

from pipes_projects.kinds import Launch, registered_kind
from pipes_projects.manifest.script import ProcessFields, ScriptFields
from pipes_projects.manifest.values.references import filled
from pipes_projects.project import Project, Script
from pipes_projects.running.environment import environment
from pipes_projects.running.interpreter import ready
from pipes_projects.running.output import Write
from pipes_projects.running.process import Command
from pipes_projects.running.session import GRACE, Job
from pipes_projects.terminal.steps import Step
from pipes_projects.terminal.told import told


class Surroundings(NamedTuple):
    """Where steps run, and what all of them share."""

    root: Path
    """The project's folder."""
    run_id: str
    stop: Event
    """Set to end all of them."""
    defaults: ProcessFields = ProcessFields()
    """The defaults for scripts whose manifests do not set these values."""


def job_of(step: Step, around: Surroundings, outputs: tuple[Write, Write]) -> Job:
    """The job of a step.

    Raises:
        CannotStartError: The script needs something that is missing.
        MissingSecretsError: The environment has no value for some secrets.
    """
    fields = step.script.fields
    limits = _limits(fields, around.defaults)
    launch = ready(launch_of(step, around.root))
    secrets = {secret.name: secret.known_as for secret in fields.secrets or ()}
    declared = environment(limits.inherit_env, launch.env, secrets)
    return Job(
        Command(launch.command, declared.variables, launch.cwd),
        told(step, around.root, around.run_id),
        outputs,
        declared.secrets,
        limits.timeout,
        limits.grace or GRACE,
        around.stop,
    )


def _limits(fields: ScriptFields, defaults: ProcessFields) -> ProcessFields:
    """The manifest's values, or else the project's; null in a manifest counts as a value."""
    names = ProcessFields.model_fields
    said = {name: getattr(fields, name) for name in names if name in fields.model_fields_set}
    return defaults.model_copy(update=said)


def can_launch(script: Script, project: Project) -> bool:
    """Whether a script runs as a process that can be started here."""
    kind = registered_kind(script.kind)
    is_process = kind is not None and kind.launch is not None and script.path is not None
    return is_process and script.kind not in project.run_by_owner


def launch_of(step: Step, root: Path) -> Launch:
    """The process that runs the script, with the values of its parameters."""
    script, kind = step.script, registered_kind(step.script.kind)
    if kind is None or kind.launch is None or script.path is None:
        raise ValueError(f"a script of kind {script.kind!r} is not a process")
    model = kind.options.model if kind.options else None
    options: Any = model.model_validate_json(dumps(dict(script.options))) if model else None
    path = Path(os.path.join(root, script.path))
    return kind.launch(path, filled(options, step.params), root)
