"""A measured process: runs one asset of a project with Dagster's multiprocess executor.

Run as `python -m benchmarks.runs.one_step FOLDER`; the last line that it prints is JSON: the
seconds of CPU time that the step's process took, including its script.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository


def main(folder: Path) -> None:
    first = min((folder / "defs").glob("*/*.py"), key=lambda path: path.stem.rpartition("_")[2])
    file = str(folder / "definitions.py")
    repository = ReconstructableRepository.for_file(file, "defs", str(folder))
    job = repository.get_reconstructable_job("__ASSET_JOB")
    silent = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with (
        tempfile.TemporaryDirectory() as home,
        dg.DagsterInstance.local_temp(home) as instance,
        dg.execute_job(
            job,
            instance,
            run_config=silent,
            asset_selection=[dg.AssetKey([first.parent.name, first.stem])],
        ) as result,
    ):
        assert result.success
    times = os.times()
    print(json.dumps(times.children_user + times.children_system))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
