"""`make demo-polyglot`: each asset is made by another kind of script, of the one before it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.project_folder import compile_project
from tests.support.dagster.running import EXAMPLES, ROOT

ORDER = {
    "raw/flights": ("subprocess", ".sh"),
    "staging/delays": ("subprocess", ".R"),
    "marts/days": ("sql", ".sql"),
    "marts/worst_days": ("notebook", ".ipynb"),
    "reports/weather": ("subprocess", ".py"),
    "reports/page": ("docker", ".py"),
    "reports/published": ("ssh", ".sh"),
}


def test_each_asset_is_made_of_the_one_before_by_another_kind_of_script() -> None:
    project = compile_project(EXAMPLES / "polyglot").project
    scripts = {script.assets[0].key: script for script in project.scripts}
    found = {key: (script.kind, Path(script.path or "").suffix) for key, script in scripts.items()}
    assert found == ORDER
    before = [[dep.key for dep in scripts[key].assets[0].deps] for key in ORDER]
    assert before == [[], *([key] for key in list(ORDER)[:-1])]


def test_the_demo_makes_them_all_and_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("d")  # the paths of sockets must be short
    monkeypatch.setenv("TMPDIR", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "examples.demo_polyglot"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^(\S+) +made ", done.stdout, re.MULTILINE) == [*ORDER]
    assert "- 2013-02-11: 39.1 minutes, with 11.8 mm of rain and wind" in done.stdout
    assert "the Docker daemon and the SSH server are ended" in done.stdout
    left = (path.name for path in folder.iterdir())
    assert [name for name in left if not name.startswith("uv-")] == []  # a lock of uv's own
