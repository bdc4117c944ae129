"""Kind `subprocess`: the script is a process beside Dagster's own, run by our own runner."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipes_projects.emitter.steps.expected import expected
from pipes_projects.emitter.steps.pipes_context import context_data
from pipes_projects.emitter.steps.script_run import STANDARD, ScriptRun
from pipes_projects.kinds.subprocess import INTERPRETERS, SubprocessOptions
from pipes_projects.running.environment import environment
from pipes_projects.running.process import Command
from pipes_projects.running.session import Job

if TYPE_CHECKING:
    from pipes_projects.emitter.owner.script import PipesScript


def run(script: "PipesScript", context: dg.AssetExecutionContext) -> Any:
    """The run of a script: iterate over it, and it starts."""
    options: SubprocessOptions = script.kind_options
    folder = script.root / options.cwd if options.cwd else Path(script.script_path).parent
    env = {key: value for key, value in (options.env or {}).items() if value is not None}
    declared = environment("all", env, {})
    keys = script.manifest_keys()
    job = Job(
        Command(command(script, options), declared.variables, str(folder)),
        script.told(context).of(context_data(context, script.manifest.extras)),
        STANDARD,
        declared.secrets,
    )
    path, root = script.model.path or script.name, str(script.root)
    return ScriptRun(
        job,
        keys,
        expected(keys, script.keys_apart(), context),
        context,
        lambda verdict: verdict.text(path, os.path.join(root, path), root),
    )


def command(script: "PipesScript", options: SubprocessOptions) -> list[str]:
    """The interpreter, the script's path, and its arguments."""
    usual = INTERPRETERS.get(Path(script.script_path).suffix, ()) or (sys.executable, "-u")
    return [*(options.command or usual), script.script_path, *(options.args or [])]
