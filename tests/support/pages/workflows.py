"""Workflows of CI systems: checked by their own linters, without a network; their commands run."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.repositories import IDENTITY

_BY_TAG = 'rules: {unpinned-uses: {config: {policies: {"*": ref-pin}}}}'


def program(name: str, *arguments: str | Path, cwd: Path | None = None, **env: str) -> str:
    """What a program prints that must end well."""
    done = shell(f'{name} "$@"', cwd, *map(str, arguments), **env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shell(
    commands: str, cwd: Path | None, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run as CI does: each command must end well."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", commands, "ci", *arguments], cwd=cwd,
        env={**os.environ, **IDENTITY, "PATH": path, **env},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def written(folder: Path, path: str, text: str) -> Path:
    """A file, in folders that are made for it."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def follow_githubs_schema(workflow: str, folder: Path) -> None:
    """Fails where GitHub would not take it."""
    file = written(folder, ".github/workflows/one.yml", workflow)
    program("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file)


def give_zizmor_nothing_to_warn_of(workflow: str, folder: Path) -> None:
    """Fails where a workflow is not safe, or likely not."""
    settings = written(folder, "zizmor.yml", _BY_TAG)
    file = written(folder, ".github/workflows/one.yml", workflow)
    program("zizmor", "--offline", "--strict-collection", "--config", settings, file)


def follow_gitlabs_schema(jobs: str, folder: Path) -> None:
    """Fails where GitLab would not take them."""
    file = written(folder, ".gitlab-ci.yml", jobs)
    program(
        "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci",
        "--data-transform", "gitlab-ci", file,
    )  # fmt: skip
