"""`pipes-projects editor --watch`, while folders are moved and branches switched."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipes_projects.layout import ASSET_KEYS
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

PATIENCE = 60
SETTLED = 2.5  # seconds, in which a change has been seen for certain, or will not be


def keys_of(folder: Folder) -> set[str]:
    try:
        listed = json.loads((folder.root / ASSET_KEYS).read_text())["$defs"]["listed"]["enum"]
    except (OSError, ValueError):
        return set()
    return {line for line in listed if line}


def comes(true: Callable[[], bool]) -> bool:
    """Whether something is so before long."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


class Watching:
    """The command, and what it has said so far."""

    def __init__(self, folder: Folder, log: Path) -> None:
        self.folder, self.log = folder, log
        command = [sys.executable, "-m", "pipes_projects", "editor", "--watch", str(folder.root)]
        with open(log, "w") as file:
            self.process = subprocess.Popen(command, stderr=file, stdout=file)

    def has_said(self, text: str, times: int = 1) -> bool:
        return comes(lambda: self.log.read_text().count(text) >= times)

    def follows(self, name: str) -> bool:
        """Whether a new manifest is seen."""
        self.folder.asset(f"raw/{name}")
        return comes(lambda: f"raw/{name}" in keys_of(self.folder))


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """A project below the top of a repository, committed; branch `without` has none."""
    init(tmp_path)
    (tmp_path / "README").touch()
    commit(tmp_path)
    git(tmp_path, "branch", "without")
    folder = Folder(tmp_path / "project")
    folder.asset("raw/orders")
    run("editor", folder.root)
    commit(tmp_path)
    return folder


@pytest.fixture
def watching(project: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watching]:
    watcher = Watching(project, tmp_path_factory.mktemp("log") / "log")
    try:
        assert watcher.has_said("watching")
        yield watcher
        assert watcher.process.poll() is None
    finally:
        watcher.process.kill()
        watcher.process.wait()


@pytest.mark.parametrize("path", ["project/defs", "project/defs/raw", "project", "project/schemas"])
def test_folders_that_are_moved_away_and_back_are_followed(
    watching: Watching, tmp_path: Path, path: str
) -> None:
    shutil.move(tmp_path / path, tmp_path / "away")
    time.sleep(SETTLED)
    shutil.move(tmp_path / "away", tmp_path / path)
    assert watching.follows("new")


def test_folders_that_are_made_anew_are_followed(watching: Watching, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "project/defs", tmp_path / "copy")
    shutil.rmtree(tmp_path / "project/defs")
    shutil.move(tmp_path / "copy", tmp_path / "project/defs")
    assert watching.follows("new")


def test_a_branch_without_the_project_stays_without_it(watching: Watching, tmp_path: Path) -> None:
    git(tmp_path, "switch", "--quiet", "without")
    assert watching.has_said("there is no project in")
    time.sleep(SETTLED)
    assert git(tmp_path, "status", "--porcelain") == ""
    git(tmp_path, "switch", "--quiet", "main")
    assert watching.has_said("; Ctrl-C ends it", times=2)
    assert watching.follows("new")


def test_what_git_leaves_behind_is_no_project(watching: Watching, tmp_path: Path) -> None:
    """A folder with something that git does not track stays when the branch is switched."""
    (tmp_path / "project/defs/raw/__pycache__").mkdir()
    (tmp_path / "project/defs/raw/__pycache__/x.pyc").touch()
    (tmp_path / ".git/info/exclude").write_text("__pycache__\n")
    git(tmp_path, "switch", "--quiet", "without")
    time.sleep(SETTLED)
    assert git(tmp_path, "status", "--porcelain") == ""
    git(tmp_path, "switch", "--quiet", "main")
    assert watching.follows("new")


def test_branches_with_other_manifests_are_followed(watching: Watching, tmp_path: Path) -> None:
    git(tmp_path, "switch", "--quiet", "--create", "more")
    assert watching.follows("more")
    commit(tmp_path)
    git(tmp_path, "switch", "--quiet", "main")
    assert comes(lambda: keys_of(watching.folder) == {"raw/orders"})
    time.sleep(SETTLED)
    assert git(tmp_path, "status", "--porcelain") == ""
    git(tmp_path, "switch", "--quiet", "more")
    assert comes(lambda: keys_of(watching.folder) == {"raw/orders", "raw/more"})
