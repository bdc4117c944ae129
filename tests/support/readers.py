"""Readers of graphs that are not ours: Graphviz, and Mermaid in a browser."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.editors.browser import HERE, chromium, node

PATIENCE = 120
"""Seconds, several times what it takes."""


def read_by_graphviz(dot: str) -> dict[str, Any]:
    program = shutil.which("dot")
    if not program:
        pytest.fail("no Graphviz: `apt-get install graphviz`")
    done = subprocess.run(
        [program, "-Tjson"], input=dot, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def read_by_mermaid(*diagrams: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """What Mermaid makes of each; in a folder, also drawn as a picture."""
    command = [node(), str(HERE / "mermaid.mjs"), chromium(), *([str(folder)] if folder else [])]
    done = subprocess.run(
        command, input=json.dumps(diagrams), capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
