"""Scripts on a Ray cluster: in a network of their own, because Ray listens on every address."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

INSIDE = Path(__file__).with_name("inside_ray.py")


def test_scripts_on_a_cluster(tmp_path: Path) -> None:
    words = f"{sys.executable} -m pytest -m slow -q --basetemp={tmp_path}/inside {INSIDE}"
    alone = ["unshare", "--net", "sh", "-c", f"ip link set lo up && exec {words}"]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
