"""Kind `subprocess`: the script is a process beside Dagster's own."""

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipes_projects.kinds.subprocess import INTERPRETERS, SubprocessOptions

if TYPE_CHECKING:
    from pipes_projects.emitter.owner.script import PipesScript


def run(script: "PipesScript", context: dg.AssetExecutionContext) -> Any:
    """Start the script and wait for it; what it reported is in the result."""
    options: SubprocessOptions = script.kind_options
    folder = script.root / options.cwd if options.cwd else Path(script.script_path).parent
    client = dg.PipesSubprocessClient(context_injector=script.context_injector(context))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)  # Dagster's, about its own parts
            return client.run(
                context=context,
                command=command(script, options),
                extras=script.manifest.extras,
                env={key: value for key, value in (options.env or {}).items() if value is not None},
                cwd=str(folder),
            )
    except (OSError, ValueError) as error:
        program = command(script, options)[0]
        place = f" in `{folder}`" if not folder.is_dir() else ""
        raise dg.Failure(
            f"`{program}` cannot be started{place}: {getattr(error, 'strerror', error)}"
        ) from error


def command(script: "PipesScript", options: SubprocessOptions) -> list[str]:
    """The interpreter, the script's path, and its arguments."""
    usual = INTERPRETERS.get(Path(script.script_path).suffix, ()) or (sys.executable,)
    return [*(options.command or usual), script.script_path, *(options.args or [])]
