"""A measured process: materializes all assets of a project, and prints how long that took.

Run as `python -m benchmarks.runs.materialize FOLDER`; the last line that it prints is JSON: the
seconds of the run, and the seconds that the scripts take on their own, where they report the same
to a file that nobody reads. (Without Pipes they would first import what mocks it.)
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import dagster as dg
import dagster_pipes

from benchmarks.projects.load import import_definitions


def main(folder: Path) -> None:
    defs = import_definitions(folder)
    silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with (
        dg.DagsterInstance.ephemeral() as instance,
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stderr(nowhere),
    ):
        start = time.perf_counter()
        done = defs.get_implicit_global_asset_job_def().execute_in_process(
            instance=instance, run_config=silent
        )
        around = time.perf_counter() - start
    assert done.success
    print(json.dumps({"around": around, "alone": alone(folder)}))


def alone(folder: Path) -> float:
    """Seconds that the scripts take when started directly by Python."""
    scripts = sorted((folder / "defs").rglob("*.py"))
    with tempfile.TemporaryDirectory() as results:
        environments = [_pipes(script, Path(results, script.stem)) for script in scripts]
        start = time.perf_counter()
        for script, environment in zip(scripts, environments, strict=True):
            command = [sys.executable, str(script)]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        return time.perf_counter() - start


def _pipes(script: Path, messages: Path) -> dict[str, str]:
    """The environment in which a script reports to a file."""
    context = dagster_pipes.PipesContextData(
        asset_keys=[f"runs/{script.stem}"],
        code_version_by_asset_key=None,
        provenance_by_asset_key=None,
        partition_key=None,
        partition_key_range=None,
        partition_time_window=None,
        run_id="alone",
        job_name=None,
        retry_number=0,
        extras={},
    )
    params = {
        "DAGSTER_PIPES_CONTEXT": {"data": context},
        "DAGSTER_PIPES_MESSAGES": {"path": str(messages)},
    }
    return os.environ | {name: dagster_pipes.encode_param(of) for name, of in params.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
