"""`diff` where a part of the project is a submodule."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

ALLOWED = ("-c", "protocol.file.allow=always")


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """A project whose group `sub` is a submodule, and an asset that depends on what is in it."""
    inner = Folder(tmp_path / "inner")
    inner.write("one.yaml", "description: One.\n")
    inner.write("one.py", "import two\n")
    inner.write("two.py", "TWO = 2\n")
    init(inner.root)
    commit(inner.root)
    project = Folder(tmp_path / "project")
    project.asset("raw/old", "deps: [sub/one]\n")
    init(project.root)
    git(project.root, *ALLOWED, "submodule", "--quiet", "add", str(inner.root), "defs/sub")
    commit(project.root)
    return project


def sub(project: Folder) -> Folder:
    folder = Folder.__new__(Folder)
    folder.root = project.root / "defs/sub"
    return folder


def compared(project: Folder, *arguments: str) -> tuple[dict[str, Any], str]:
    answer = run("diff", *arguments, "--format", "json", cwd=project.root)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout), answer.stderr


def keys(project: Folder, *arguments: str) -> dict[str, list[str]]:
    found, told = compared(project, *arguments)
    assert told == ""
    return {
        part: [asset["key"] for asset in found[part]]
        for part in ("added", "removed", "changed")
        if found[part]
    }


@pytest.mark.parametrize("arguments", [("HEAD",), ("HEAD", "HEAD")])
def test_a_submodule_that_is_the_same_does_not_differ(
    project: Folder, arguments: tuple[str, ...]
) -> None:
    assert keys(project, *arguments) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("one.yaml", "description: Two.\n"),
        ("one.py", "import two, json\n"),
        ("two.py", "TWO=3\n"),
    ],
)
def test_what_differs_in_the_files_of_a_submodule_is_shown(
    project: Folder, name: str, text: str
) -> None:
    sub(project).write(name, text)
    assert keys(project, "HEAD") == {"changed": ["sub/one"]}


@pytest.mark.parametrize("committed", [False, True])
def test_another_commit_of_a_submodule_is_compared(project: Folder, committed: bool) -> None:
    sub(project).write("new.yaml", "")
    sub(project).write("new.py")
    sub(project).write("one.yaml", "description: Another.\n")
    commit(sub(project).root)
    if committed:
        commit(project.root)
    arguments = ("HEAD~1", "HEAD") if committed else ("HEAD",)
    assert keys(project, *arguments) == {"added": ["sub/new"], "changed": ["sub/one"]}


@pytest.mark.parametrize("arguments", [("HEAD~1",), ("HEAD~1", "HEAD")])
@pytest.mark.parametrize("gone", ["checkout", "commit"])
def test_a_submodule_whose_commits_are_not_here_is_left_out(
    project: Folder, arguments: tuple[str, ...], gone: str
) -> None:
    sub(project).write("one.yaml", "description: Another.\n")
    commit(sub(project).root)
    project.asset("raw/new")
    commit(project.root)
    shutil.rmtree(sub(project).root)
    if gone == "commit":  # the folder has a repository, with another history
        sub(project).write("one.yaml")
        sub(project).write("one.py")
        init(sub(project).root)
        commit(sub(project).root)
    found, told = compared(project, *arguments)
    assert "the submodule `defs/sub` cannot be compared, and is left out" in " ".join(told.split())
    assert [asset["key"] for asset in found["added"]] == ["raw/new"]
    assert (found["removed"], found["changed"]) == ([], [])


def test_a_submodule_that_is_a_link_out_of_the_project_is_not_read(
    project: Folder, tmp_path: Path
) -> None:
    shutil.rmtree(sub(project).root)
    sub(project).root.symlink_to(tmp_path / "inner")  # which has the commit
    found, told = compared(project, "HEAD")
    assert "the submodule `defs/sub` cannot be compared" in " ".join(told.split())
    assert (found["added"], found["removed"], found["changed"]) == ([], [], [])


def test_the_folder_of_all_groups_may_be_a_submodule(tmp_path: Path) -> None:
    inner = Folder(tmp_path / "inner")
    for name in ("raw/orders.yaml", "raw/orders.py"):
        inner.write(name)
    init(inner.root)
    commit(inner.root)
    project = Folder(tmp_path / "project")
    project.root.joinpath("defs").rmdir()
    init(project.root)
    git(project.root, *ALLOWED, "submodule", "--quiet", "add", str(inner.root), "defs")
    commit(project.root)
    assert keys(project, "HEAD") == {}
    project.write("defs/raw/orders.yaml", "description: More.\n")
    assert keys(project, "HEAD") == {"changed": ["raw/orders"]}
