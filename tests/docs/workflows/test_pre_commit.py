"""The hooks, installed by pre-commit from a repository of git as its users have them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.workflows.test_ci import HOOKS
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.repositories import IDENTITY, commit, git, init

PACKAGE = ("pipes_projects", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the package as it stands here, committed or not."""
    root = tmp_path_factory.mktemp("ours")
    for name in PACKAGE:
        if (ROOT / name).is_dir():
            made = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, root / name, ignore=made)
        else:
            shutil.copy(ROOT / name, root / name)
    init(root)
    commit(root)
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs."""
    return tmp_path_factory.mktemp("home")


def pre_commit(home: Path, cwd: Path, *arguments: str | Path) -> tuple[int, str]:
    """Its exit code, and what it prints; the hooks find no package but the installed."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env |= {"PRE_COMMIT_HOME": str(home), "PIP_CONSTRAINT": str(ROOT / ".ci/constraints.txt")}
    command = [sys.executable, "-m", "pre_commit", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env={**env, **IDENTITY}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout


def outcomes(output: str) -> dict[str, str]:
    """By the names of hooks."""
    lines = (line.partition("...") for line in output.splitlines() if "..." in line)
    return {name: rest.strip(".") for name, _, rest in lines if name.startswith("pipes-projects")}


def test_a_clean_project_passes(ours: Path, home: Path, folder: Folder) -> None:
    folder.asset("sales/orders")
    init(folder.root)
    commit(folder.root)
    code, output = pre_commit(home, folder.root, "try-repo", ours, "pipes-projects-check")
    assert (code, outcomes(output)) == (0, {"pipes-projects check": "Passed"}), output


def test_an_error_is_shown_and_fixed_by_the_hook_that_fixes(
    ours: Path, home: Path, folder: Folder
) -> None:
    folder.asset("sales/orders", "ownrs: [team:sales]\n")
    init(folder.root)
    git(folder.root, "add", "--all")
    code, output = pre_commit(home, folder.root, "try-repo", ours)
    failed = {"pipes-projects check": "Failed", "pipes-projects check --fix": "Failed"}
    assert (code, outcomes(output)) == (1, failed), output
    checked, _, fixed = output.partition("pipes-projects check --fix")
    assert "error[unknown-key]: `ownrs` is not a key of this manifest" in checked
    assert "files were modified by this hook" in fixed
    manifest = folder.root / "defs/sales/orders.yaml"
    assert manifest.read_text("utf-8") == "owners: [team:sales]\n"


def test_the_pages_hook_sees_what_was_deleted_in_one_of_its_projects(
    ours: Path, home: Path, tmp_path: Path
) -> None:
    root = tmp_path / "repository"
    for name in ("teams/sales", "teams/growth"):
        Folder(root / name).asset("sales/orders")
    config = HOOKS.replace("ADDRESS", str(ours)).replace("COMMIT", git(ours, "rev-parse", "HEAD"))
    (root / ".pre-commit-config.yaml").write_text(config, "utf-8")
    init(root)
    commit(root)
    assert pre_commit(home, root, "run")[0] == 0
    script = "teams/growth/defs/sales/orders.py"
    git(root, "rm", "--quiet", "--cached", script)
    assert pre_commit(home, root, "run")[0] == 0  # what git does not track is there all the same
    (root / script).unlink()
    code, output = pre_commit(home, root, "run")
    assert (code, outcomes(output)) == (1, {"pipes-projects check": "Failed"}), output
    assert "error[missing-script]" in output
