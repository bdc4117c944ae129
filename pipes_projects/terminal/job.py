"""A step → a job for the runner: its process, its environment, and its context."""

from __future__ import annotations

import os
from collections.abc import Mapping
from json import dumps
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pipes_projects.kinds import Launch, registered_kind
from pipes_projects.manifest.contract import Partitions
from pipes_projects.manifest.script import ProcessFields, ScriptFields
from pipes_projects.manifest.values.references import filled
from pipes_projects.project import Project, Script
from pipes_projects.running.connections import (
    MissingConnectionsError,
    with_connections,
    with_masked,
)
from pipes_projects.running.ending import CannotStartError
from pipes_projects.running.environment import MissingSecretsError, SecretsError, environment
from pipes_projects.running.errands import environment_for, errand_of
from pipes_projects.running.foreseeing import foreseen, refuse_missing
from pipes_projects.running.interpreter import ready
from pipes_projects.running.process import Command
from pipes_projects.running.session import GRACE, Job
from pipes_projects.terminal.connections import Connections, values_of
from pipes_projects.terminal.steps import Step
from pipes_projects.terminal.told import told
from pipes_projects.text.masking import Write

SECRETS_HELP: Final = (
    "write `.env` into the project's folder; only Dagster calls a platform owner's `secret()`"
)


class Surroundings(NamedTuple):
    """Where steps run, and what all of them share."""

    root: Path
    """The project's folder."""
    run_id: str
    stop: Event
    """Set to end all of them."""
    defaults: ProcessFields = ProcessFields()
    """The defaults for scripts whose manifests do not set these values."""
    connections: Connections = MappingProxyType({})
    """What is known about the connections that the platform owner publishes."""
    partitions: Mapping[str, Partitions] = MappingProxyType({})
    """What is published about the partitions of each asset."""


class Start(NamedTuple):
    """How a script is started, or all that keeps it from being started."""

    launch: Launch | None
    problems: tuple[str, ...]


def job_of(step: Step, around: Surroundings, outputs: tuple[Write, Write]) -> Job:
    """The job of a step.

    Raises:
        CannotStartError: The script needs something that is missing.
        SecretsError: The environment has no value for some secrets, or none that can be masked.
        MissingConnectionsError: The environment has no value for some connections.
    """
    limits = _limits(step.script.fields, around.defaults)
    launch = ready(launch_of(step, around.root))
    declared = environment_for(launch, limits.inherit_env, _secrets(step))
    declared = with_connections(declared, values_of(launch.connections, around.connections))
    declared = with_masked(declared, launch)
    return Job(
        Command(launch.command, declared.variables, launch.cwd),
        told(step, around.root, around.run_id, around.partitions),
        outputs,
        declared.secrets,
        declared.unmasked,
        limits.timeout,
        grace := limits.grace or GRACE,
        around.stop,
        errand_of(step.script, around.root, grace) if launch.runs_elsewhere else None,
    )


def start_of(step: Step, root: Path, defaults: ProcessFields, connections: Connections) -> Start:
    """How a step would be started, without starting it."""
    problems: list[str] = []
    try:
        environment("none", {}, _secrets(step))
    except MissingSecretsError as error:
        problems.append(f"{error}; {SECRETS_HELP}")
    except SecretsError as error:
        problems.append(str(error))
    try:
        launch = ready(launch_of(step, root))
    except CannotStartError as error:
        return Start(None, (*problems, str(error)))
    try:
        values_of(launch.connections, connections)
    except MissingConnectionsError as error:
        problems.append(str(error))
    inherited = _limits(step.script.fields, defaults).inherit_env
    variables = environment_for(launch, inherited, {}).variables
    if problem := foreseen(Command(launch.command, variables, launch.cwd)):
        problems.append(str(problem))
    return Start(launch, tuple(problems))


def _secrets(step: Step) -> dict[str, str]:
    return {secret.name: secret.known_as for secret in step.script.fields.secrets or ()}


def _limits(fields: ScriptFields, defaults: ProcessFields) -> ProcessFields:
    """The manifest's values, or else the project's; null in a manifest counts as a value."""
    names = ProcessFields.model_fields
    written = {name: getattr(fields, name) for name in names if name in fields.model_fields_set}
    return defaults.model_copy(update=written)


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
    refuse_missing(kind)
    model = kind.options.model if kind.options else None
    options: Any = model.model_validate_json(dumps(dict(script.options))) if model else None
    path = Path(os.path.join(root, script.path))
    return kind.launch(path, filled(options, step.params), root)
