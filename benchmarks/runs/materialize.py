"""A measured process: materializes all assets of a project, and prints how long that took.

Run as `python -m benchmarks.runs.materialize FOLDER`; the last line that it prints is JSON: the
seconds of the run, and the seconds that the scripts take on their own.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg

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
    start = time.perf_counter()
    for script in sorted((folder / "defs").rglob("*.py")):
        subprocess.run([sys.executable, str(script)], check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(Path(sys.argv[1]))
