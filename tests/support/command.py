"""The command line, as its users call it."""

import os
import subprocess
import sys
from pathlib import Path


def run(*arguments: str | Path, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pipes_projects", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "100", **env}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
