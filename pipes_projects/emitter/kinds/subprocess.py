"""Scripts that are a process beside Dagster's own, started as their `Launch` says."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
import warnings
from typing import Any

import dagster as dg

from pipes_projects.emitter.kinds import Runnable
from pipes_projects.kinds import Launch


def run(script: Runnable, context: dg.AssetExecutionContext) -> Any:
    """Start the script and wait for it; what it reported is in the result."""
    launch = script.launch()
    client = dg.PipesSubprocessClient(context_injector=script.context_injector(context))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)  # Dagster's, about its own parts
            return client.run(
                context=context,
                command=list(launch.command),
                extras=script.manifest.extras,
                env=dict(launch.env),
                cwd=launch.cwd,
            )
    except (OSError, ValueError) as error:
        raise dg.Failure(_why_not_started(launch, error)) from error


def _why_not_started(launch: Launch, error: Exception) -> str:
    place = "" if os.path.isdir(launch.cwd) else f" in `{launch.cwd}`"
    reason = getattr(error, "strerror", error)
    return f"`{launch.command[0]}` cannot be started{place}: {reason}"
