"""`check --changed-since` asks git, and nothing of a branch or of a configuration is run."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init


@pytest.fixture
def repository(folder: Folder) -> Folder:
    """A project with one old mistake, committed."""
    init(folder.root)
    folder.asset("raw/old", "depz: []\n")
    commit(folder.root)
    return folder


@pytest.fixture
def trap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that leaves a trace beside itself, wherever it is started."""
    program = tmp_path_factory.mktemp("trap") / "trap"
    program.write_text('#!/bin/sh\necho "$0 $*" >> "$(realpath "$0").sprung"\n')
    program.chmod(0o755)
    return program


def sprung(trap: Path) -> str:
    trace = trap.with_name("trap.sprung")
    return trace.read_text() if trace.exists() else ""


def touch_all(root: Path) -> None:
    """Git must compare the texts of files whose times have changed."""
    for path in root.rglob("defs/**/*.*"):
        os.utime(path, (1, 1))


def shown(folder: Folder, ref: str = "HEAD", **environment: str) -> list[str]:
    answer = run("check", "--changed-since", ref, cwd=folder.root, **environment)
    assert answer.stderr == ""
    places = (line for line in answer.stdout.splitlines() if line.lstrip().startswith("-->"))
    return [line.split("--> ")[1].split(":")[0].removeprefix("defs/") for line in places]


def disguise(folder: Path, trap: Path) -> None:
    """Makes a folder look like a bare repository, with settings of somebody's own."""
    (folder / "objects").mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs/kept").touch()
    (folder / "objects/kept").touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text(
        f"[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\nfsmonitor = {trap}\n"
    )


@pytest.mark.parametrize("place", ["teams", "teams/one", "teams/one/defs"])
def test_a_folder_that_looks_like_a_repository_is_a_folder(
    repository: Folder, trap: Path, place: str
) -> None:
    project = Folder(repository.root / "teams/one")
    project.asset("raw/old", "depz: []\n")
    disguise(repository.root / place, trap)
    commit(repository.root)
    project.asset("raw/new", "depz: []\n")
    assert shown(project) == ["raw/new.yaml"]
    assert sprung(trap) == ""


@pytest.mark.parametrize("name", ["plain", "with=sign"])
@pytest.mark.parametrize("kind", ["clean", "process"])
def test_no_filter_of_a_configuration_runs(
    repository: Folder, trap: Path, kind: str, name: str
) -> None:
    repository.write(".gitattributes", f"*.yaml filter={name}\n*.py filter={name}\n")
    commit(repository.root)
    git(repository.root, "config", f"filter.{name}.{kind}", str(trap))
    git(repository.root, "config", f"filter.{name}.required", "true")
    touch_all(repository.root)
    assert shown(repository) == []
    assert sprung(trap) == ""


def test_no_program_of_a_configuration_runs(repository: Folder, trap: Path) -> None:
    repository.write(".gitattributes", "* diff=odd\n")
    commit(repository.root)
    for name in (
        *("core.fsmonitor", "core.pager", "pager.diff", "pager.ls-files", "pager.rev-parse"),
        *("core.editor", "core.askPass", "core.sshCommand", "core.gitProxy", "credential.helper"),
        *("diff.external", "diff.odd.command", "diff.odd.textconv", "core.alternateRefsCommand"),
        *("gpg.program", "alias.diff", "uploadpack.packObjectsHook", "sequence.editor"),
    ):
        value = f"!{trap}" if name.startswith("alias") else str(trap)
        git(repository.root, "config", name, value)
    repository.write("defs/raw/old.yaml", "depz: [1]\n")
    assert shown(repository) == ["raw/old.yaml"]
    assert sprung(trap) == ""


def test_no_hook_runs(repository: Folder, trap: Path) -> None:
    hooks = repository.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / name).symlink_to(trap)
    touch_all(repository.root)
    assert shown(repository) == []
    assert sprung(trap) == ""


def test_no_program_of_the_surroundings_runs(repository: Folder, trap: Path) -> None:
    names = (
        *("GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "GIT_EDITOR", "GIT_SSH", "GIT_SSH_COMMAND"),
        *("GIT_ASKPASS", "SSH_ASKPASS", "GIT_PROXY_COMMAND", "GIT_SEQUENCE_EDITOR"),
    )
    repository.write("defs/raw/old.yaml", "depz: [1]\n")
    assert shown(repository, **dict.fromkeys(names, str(trap))) == ["raw/old.yaml"]
    assert sprung(trap) == ""


def test_nothing_is_fetched(repository: Folder, trap: Path, tmp_path: Path) -> None:
    """A clone without all texts would ask its remote for the old ones."""
    git(repository.root, "config", "uploadpack.allowFilter", "true")
    clone = Folder.__new__(Folder)
    clone.root = tmp_path / "clone"
    url = f"file://{repository.root}"
    repository.write("defs/raw/old.yaml", "depz: [1]\n")
    commit(repository.root)
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", url, str(clone.root))
    git(clone.root, "config", "remote.origin.uploadpack", str(trap))
    git(clone.root, "config", "core.sshCommand", str(trap))
    for remote in (url, "ssh://nowhere.invalid/x", f"ext::{trap}"):
        git(clone.root, "config", "remote.origin.url", remote)
        assert shown(clone, "HEAD~1") == ["raw/old.yaml"]
        assert sprung(trap) == ""


def test_a_program_called_git_in_the_project_is_not_git(repository: Folder, trap: Path) -> None:
    shutil.copy(trap, repository.root / "git")
    for path in ("", ".", "./"):
        around = f"{path}{os.pathsep}{os.environ['PATH']}"
        assert shown(repository, PATH=around) == []
    assert not (repository.root / "git.sprung").exists()


@pytest.mark.parametrize(
    "ref", ["--output=written", "-O written", "--exec=x", "--upload-pack=x", "--help", "-"]
)
def test_a_ref_is_never_an_option(repository: Folder, ref: str) -> None:
    answer = run("check", f"--changed-since={ref}", cwd=repository.root)
    assert answer.returncode == 2
    assert f"no branch, tag or commit `{ref}`" in " ".join(answer.stderr.split())
    assert not list(repository.root.glob("**/written"))


# Submodules have configurations of their own.


@pytest.fixture
def submodule(repository: Folder, tmp_path: Path) -> Path:
    """A submodule with manifests, in the project."""
    inner = Folder(tmp_path / "inner")
    inner.write("one.yaml", "depz: []\n")
    inner.write("one.py")
    init(inner.root)
    commit(inner.root)
    allowed = ("-c", "protocol.file.allow=always")
    git(repository.root, *allowed, "submodule", "--quiet", "add", str(inner.root), "defs/sub")
    commit(repository.root)
    return repository.root / "defs/sub"


@pytest.mark.parametrize("changed", ["one.yaml", "new.yaml"])
def test_a_submodule_that_differs_shows_all(
    repository: Folder, submodule: Path, changed: str
) -> None:
    assert shown(repository) == []
    (submodule / changed).write_text("depz: [1]\n")
    assert "raw/old.yaml" in shown(repository)


def test_nothing_of_a_submodule_runs(repository: Folder, submodule: Path, trap: Path) -> None:
    git(submodule, "config", "core.fsmonitor", str(trap))
    git(submodule, "config", "filter.odd.clean", str(trap))
    (repository.root / ".git/modules/defs/sub/info/attributes").write_text("* filter=odd\n")
    touch_all(repository.root)
    os.utime(submodule / "one.yaml", (1, 1))
    assert shown(repository) == []
    for arguments in (("HEAD",), ("HEAD", "HEAD")):
        answer = run("diff", *arguments, "--exit-code", cwd=repository.root)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    assert sprung(trap) == ""


def test_a_worktree_is_asked_about_itself(repository: Folder, tmp_path: Path) -> None:
    git(repository.root, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    tree = Folder.__new__(Folder)
    tree.root = tmp_path / "tree"
    assert shown(tree) == []
    tree.asset("raw/new", "depz: []\n")
    assert shown(tree) == ["raw/new.yaml"]
