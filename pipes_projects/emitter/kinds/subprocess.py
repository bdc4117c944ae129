"""Scripts that run as a process on this machine, started from their `Launch` by our own runner."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import dagster as dg

from pipes_projects.emitter.kinds import Runnable
from pipes_projects.emitter.steps.connections import values_of
from pipes_projects.emitter.steps.expected import expected
from pipes_projects.emitter.steps.pipes_context import context_data
from pipes_projects.emitter.steps.script_run import STANDARD, ScriptRun
from pipes_projects.kinds.drivers.errand import Errand
from pipes_projects.running.connections import (
    MissingConnectionsError,
    with_connections,
    with_masked,
)
from pipes_projects.running.ending import CannotStartError
from pipes_projects.running.environment import SecretsError
from pipes_projects.running.errands import environment_for, errand_of, errand_of_copy
from pipes_projects.running.interpreter import ready
from pipes_projects.running.process import Command
from pipes_projects.running.results.outcome import Verdict
from pipes_projects.running.session import GRACE, Job


def run(script: Runnable, context: dg.AssetExecutionContext) -> ScriptRun:
    """The run of a script, which starts when the first result is requested."""
    keys = script.manifest_keys()
    path = script.model.path or script.model.name

    def failure(why: Verdict | Exception) -> str:
        if isinstance(why, Verdict):
            return why.text(path, *map(str, script.code_place))
        return f"{path}: {why}"

    try:
        job = _job(script, context)
    except (CannotStartError, SecretsError, MissingConnectionsError) as error:
        raise dg.Failure(failure(error)) from None
    return ScriptRun(job, keys, expected(keys, script.keys_apart(), context), context, failure)


def _job(script: Runnable, context: dg.AssetExecutionContext) -> Job:
    manifest, launch = script.manifest, ready(script.launch())
    declared = environment_for(launch, manifest.inherit_env, manifest.secrets, script.secret)
    connections = values_of(launch.connections, script.connection)
    declared = with_masked(with_connections(declared, connections), launch)
    return Job(
        Command(launch.command, declared.variables, launch.cwd),
        script.told(context, context_data(context, manifest.extras)),
        STANDARD,
        declared.secrets,
        declared.unmasked,
        manifest.timeout,
        grace := manifest.grace or GRACE,
        errand=_errand(script, grace) if launch.runs_elsewhere else None,
    )


def _errand(script: Runnable, grace: float) -> Errand:
    file, folder = script.code_place
    if file == folder / (script.model.path or ""):
        return errand_of(script.model, folder, grace)
    return errand_of_copy(file, folder, grace)
