"""`check --changed-since`, on repositories of git."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings

from pipes_projects.cli.check.changed import only_changed
from pipes_projects.cli.check.command import command as check
from pipes_projects.compiler import Compilation
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.project_folder import compile_project
from tests.analysis.test_changed_findings import Files, histories, what
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init


@pytest.fixture
def repository(folder: Folder) -> Folder:
    """A project with two old mistakes, all of it committed."""
    init(folder.root)
    folder.asset("raw/orders")
    folder.asset("sales/revenue", "deps: [raw/orders]\n")
    folder.asset("sales/old", "depz: [raw/orders]\n")
    folder.asset("raw/old", "deps: [raw/nowhere]\n")
    commit(folder.root)
    return folder


def shown(folder: Folder, ref: str = "main", *arguments: str | Path) -> list[str]:
    """The files of the findings that `check --changed-since` shows."""
    answer = run("check", "--changed-since", ref, *arguments, cwd=folder.root)
    assert answer.stderr == ""
    assert answer.returncode == (1 if "error" in answer.stdout else 0)
    places = (line for line in answer.stdout.splitlines() if line.lstrip().startswith("-->"))
    return [line.split("--> ")[1].split(":")[0].removeprefix("defs/") for line in places]


def test_nothing_changed_is_nothing_shown(repository: Folder) -> None:
    assert shown(repository) == []
    assert shown(repository, "HEAD") == []


def test_what_is_left_out_is_counted(repository: Folder) -> None:
    answer = run("check", "--changed-since", "main", cwd=repository.root)
    assert answer.stdout == "no findings, 2 elsewhere (4 scripts, 4 assets)\n"
    answer = run("check", "defs/sales/old.yaml", cwd=repository.root)
    assert answer.stdout.splitlines()[-1] == "1 error, 1 elsewhere (4 scripts, 4 assets)"


def test_what_is_not_committed_counts(repository: Folder) -> None:
    repository.write("defs/sales/old.yaml", "depz: []\n")
    assert shown(repository) == ["sales/old.yaml"]
    git(repository.root, "add", "--all")
    assert shown(repository) == ["sales/old.yaml"]


def test_what_git_does_not_track_counts(repository: Folder) -> None:
    repository.asset("sales/new", "depz: []\n")
    assert shown(repository) == ["sales/new.yaml"]
    repository.write(".gitignore", "new.yaml\n")
    assert shown(repository) == ["sales/new.yaml"]


def test_what_was_committed_since_the_histories_parted_counts(repository: Folder) -> None:
    git(repository.root, "switch", "--quiet", "--create", "topic")
    repository.write("defs/sales/revenue.yaml", "deps: [raw/orderz]\n")
    commit(repository.root)
    git(repository.root, "switch", "--quiet", "main")
    repository.write("defs/sales/old.yaml", "depz: [raw/orders] # by someone else\n")
    commit(repository.root)
    git(repository.root, "switch", "--quiet", "topic")
    assert shown(repository) == ["sales/revenue.yaml"]
    git(repository.root, "switch", "--quiet", "--detach")
    assert shown(repository) == ["sales/revenue.yaml"]


def test_a_manifest_that_is_gone_shows_what_needed_it(repository: Folder) -> None:
    (repository.root / "defs/raw/orders.yaml").unlink()
    assert shown(repository) == ["raw/orders.py", "sales/revenue.yaml"]


def test_a_script_that_cannot_be_read_any_more_is_shown(repository: Folder) -> None:
    repository.write("defs/sales/old.py", "(")
    commit(repository.root)
    assert shown(repository) == []
    repository.write("defs/sales/revenue.py", "(")
    assert shown(repository) == ["sales/revenue.py"]


def test_a_manifest_of_a_new_name_is_gone_from_the_old(repository: Folder) -> None:
    for ending in ("yaml", "py"):
        git(repository.root, "mv", f"defs/raw/orders.{ending}", f"defs/raw/order.{ending}")
    assert shown(repository) == ["sales/revenue.yaml"]


def test_a_script_that_is_gone_is_shown(repository: Folder) -> None:
    (repository.root / "defs/sales/revenue.py").unlink()
    assert shown(repository) == ["sales/revenue.yaml"]


def test_defaults_show_what_inherits_them(repository: Folder) -> None:
    repository.write("defs/sales/_defaults.yaml", "owners: [team:sales]\n")
    assert shown(repository) == ["sales/old.yaml"]


@pytest.mark.parametrize("path", ["definitions.py", "pyproject.toml", CONTRACT])
def test_what_all_depend_on_shows_all(repository: Folder, path: str) -> None:
    repository.write(".gitignore", "definitions.py\n")
    text = {"definitions.py": "x = 1\n", "pyproject.toml": "[tool.pipes-projects]\n"}
    contract = Path(__file__).parents[2] / "schemas/manifest.schema.json"
    repository.write(path, text.get(path) or contract.read_text("utf-8"))
    assert shown(repository) == ["raw/old.yaml", "sales/old.yaml"]


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    init(tmp_path)
    folder = Folder(tmp_path / "teams/a b/project")
    folder.asset("raw/old", "depz: []\n")
    folder.asset("raw/new", "depz: []\n")
    commit(tmp_path)
    (tmp_path / "elsewhere.yaml").touch()
    assert shown(folder) == []
    folder.write("defs/raw/new.yaml", "depz: [1]\n")
    assert shown(folder) == ["raw/new.yaml"]
    (tmp_path / "pyproject.toml").touch()
    assert shown(folder) == ["raw/new.yaml"]
    commit(tmp_path)
    assert shown(folder, "HEAD~1") == ["raw/new.yaml", "raw/old.yaml"]


@pytest.mark.parametrize(
    "name", ["a b", 'quo"te', "tab\there", "new\nline", "é😀", "\udcff", "[x]*"]
)
def test_odd_names_of_other_files(repository: Folder, name: str) -> None:
    (repository.root / f"defs/sales/{name}.txt").touch()
    commit(repository.root)
    repository.asset("sales/new", "depz: []\n")
    (repository.root / f"defs/sales/{name}.txt").write_text("changed")
    assert shown(repository, "HEAD~1") == ["sales/new.yaml"]


def test_odd_names_of_folders_and_manifests(repository: Folder) -> None:
    repository.asset("raw/é x/naïve", "depz: []\n")
    repository.asset("raw/[a]/one", "depz: []\n")
    commit(repository.root)
    assert shown(repository, "HEAD~1") == ["raw/[a]/one.yaml", *["raw/é x/naïve.yaml"] * 2]
    assert shown(repository, "HEAD") == []


def test_files_and_changes_together(repository: Folder) -> None:
    for name in ("sales/old", "raw/old"):
        repository.write(f"defs/{name}.yaml", "depz: []\n")
    assert shown(repository) == ["raw/old.yaml", "sales/old.yaml"]
    assert shown(repository, "main", "defs/raw/old.yaml") == ["raw/old.yaml"]
    assert shown(repository, "main", "defs/raw/orders.yaml") == []


def test_strict_looks_at_what_is_shown(repository: Folder) -> None:
    (repository.root / "defs/raw/old.yaml").unlink()
    repository.write("defs/sales/old.yaml", "")
    repository.write("defs/empty/_defaults.yaml", "pool: a\n")
    commit(repository.root)
    strict = ("check", "--strict", "--changed-since")
    assert run(*strict, "HEAD~1", cwd=repository.root).returncode == 1
    assert run(*strict, "HEAD", cwd=repository.root).returncode == 0


def test_fix_of_what_has_changed(repository: Folder) -> None:
    repository.write("defs/raw/orders.yaml", "can_subset: yes\n")
    answer = run("check", "--fix", "--changed-since", "main", cwd=repository.root)
    assert answer.returncode == 0, answer.stdout
    assert (repository.root / "defs/raw/orders.yaml").read_text() == "can_subset: true\n"
    assert (repository.root / "defs/sales/old.yaml").read_text() == "depz: [raw/orders]\n"


# Links and repositories within.


@pytest.mark.parametrize("option", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_does_not_look_at_shows_all(repository: Folder, option: str) -> None:
    git(repository.root, "update-index", option, "defs/sales/revenue.yaml")
    repository.write("defs/sales/revenue.yaml", "depz: []\n")
    assert shown(repository) == ["raw/old.yaml", "sales/old.yaml", "sales/revenue.yaml"]


def test_a_link_shows_all_when_what_it_leads_to_has_changed(repository: Folder) -> None:
    repository.write("shared/one.yaml", "depz: []\n")
    repository.write("shared/one.py")
    (repository.root / "defs/linked").symlink_to("../shared")
    commit(repository.root)
    assert shown(repository, "HEAD") == []
    repository.write("shared/one.yaml", "depz: [1]\n")
    assert shown(repository, "HEAD") == ["linked/one.yaml", "raw/old.yaml", "sales/old.yaml"]


def test_a_link_that_is_new_shows_all(repository: Folder) -> None:
    (repository.root / "defs/sales/new.yaml").symlink_to("revenue.yaml")
    assert len(shown(repository)) == 3
    commit(repository.root)
    assert len(shown(repository, "HEAD~1")) == 3
    assert shown(repository, "HEAD") == []


def test_a_link_out_of_the_repository_shows_all(repository: Folder) -> None:
    outside = repository.root.parent / "outside"
    outside.mkdir()
    (repository.root / "defs/linked").symlink_to(outside)
    commit(repository.root)
    assert shown(repository, "HEAD") == ["linked", "raw/old.yaml", "sales/old.yaml"]


def test_a_repository_within_shows_all(repository: Folder) -> None:
    (repository.root / "defs/inner").mkdir()
    init(repository.root / "defs/inner")
    repository.asset("inner/one", "depz: []\n")
    assert len(shown(repository)) == 3


# What git cannot tell.


def refused(folder: Folder, ref: str = "main", **environment: str) -> str:
    answer = run("check", "--changed-since", ref, cwd=folder.root, **environment)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Traceback" not in answer.stderr
    return " ".join(answer.stderr.split())


def test_no_repository(folder: Folder) -> None:
    folder.asset("raw/orders")
    message = refused(folder, GIT_CEILING_DIRECTORIES=str(folder.root.parent))
    assert "is not in a git repository" in message


def test_no_program(repository: Folder, tmp_path: Path) -> None:
    assert "there is no program `git`" in refused(repository, PATH=str(tmp_path))


@pytest.mark.parametrize("ref", ["a-tree", "a-file"])
def test_what_is_no_commit(repository: Folder, ref: str) -> None:
    of = {"a-tree": "HEAD^{tree}", "a-file": "HEAD:defs/raw/orders.py"}[ref]
    git(repository.root, "tag", ref, of)
    assert f"`{ref}` is not a commit" in refused(repository, ref)


def test_git_tells_its_own_cure(repository: Folder) -> None:
    message = refused(repository, "main", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert "git config --global --add safe.directory" in message


def test_how_git_reads_paths_is_not_for_the_surroundings_to_say(repository: Folder) -> None:
    answer = run(
        "check", "--changed-since", "main", cwd=repository.root, GIT_GLOB_PATHSPECS="1"
    )  # fmt: skip
    assert answer.returncode == 0


def test_no_commit(folder: Folder) -> None:
    init(folder.root)
    assert "there is no commit yet" in refused(folder)


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("mian", "one with a similar name exists: `main`"),
        ("topic", "there is `origin/topic`"),
        ("--all", "no branch, tag or commit `--all`"),
        ("", "no branch, tag or commit ``"),
        ("main..main", "no branch, tag or commit"),
        ("1234567890" * 4, "no branch, tag or commit"),
        ("main:defs", "`main:defs` is not a commit"),
    ],
)
def test_an_unknown_commit_is_told_the_nearest(repository: Folder, ref: str, message: str) -> None:
    git(repository.root, "update-ref", "refs/remotes/origin/topic", "HEAD")
    assert message in refused(repository, ref)


def test_a_shallow_clone_is_told_to_fetch(repository: Folder) -> None:
    git(repository.root, "switch", "--quiet", "--create", "topic")
    commit(repository.root, "theirs")
    git(repository.root, "switch", "--quiet", "main")
    commit(repository.root, "ours")
    clone = repository.root.parent / "clone"
    options = ("--quiet", "--depth", "1", "--no-single-branch", "--branch", "topic")
    git(repository.root.parent, "clone", *options, f"file://{repository.root}", str(clone))
    shallow = Folder.__new__(Folder)
    shallow.root = clone
    assert "fetch-depth: 0" in refused(shallow, "origin/main")
    assert "fetch-depth: 0" in refused(shallow, "HEAD~1")
    git(clone, "fetch", "--quiet", "--unshallow")
    assert shown(shallow, "origin/main") == []


def test_histories_without_a_common_commit(repository: Folder) -> None:
    git(repository.root, "switch", "--quiet", "--orphan", "other")
    repository.asset("raw/orders")
    commit(repository.root)
    assert "have nothing in common" in refused(repository)


def test_in_a_hook_of_another_repository(repository: Folder, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    init(other)
    repository.write("defs/sales/old.yaml", "depz: []\n")
    hook = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": "x/"}
    answer = run("check", "--changed-since", "main", cwd=repository.root, **hook)
    assert "defs/sales/old.yaml" in answer.stdout


def test_where_nothing_is_found_nobody_waits_for_git(folder: Folder, tmp_path: Path) -> None:
    init(folder.root)
    folder.asset("raw/orders")
    commit(folder.root)
    pids = tmp_path / "pids"
    slow = tmp_path / "git"
    real = f'exec "{shutil.which("git")}" "$@"'
    at_once = '*" rev-parse "*|*" config "*|*" merge-base "*'
    asked = f'case "$*" in {at_once}) {real};; *) echo $$ >> "{pids}"; exec sleep 600;; esac'
    slow.write_text(f"#!/bin/sh\n{asked}\n")
    slow.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    answer = run("check", "--changed-since", "main", cwd=folder.root, PATH=path)
    assert (answer.returncode, answer.stderr) == (0, "")
    running = pids.read_text().split() if pids.exists() else []
    assert not [pid for pid in running if Path("/proc", pid).exists()]


def test_the_index_is_left_alone(repository: Folder) -> None:
    index = repository.root / ".git/index"
    os.utime(repository.root / "defs/sales/old.yaml")
    before = index.read_bytes()
    assert shown(repository) == []
    assert index.read_bytes() == before


# A property, with git itself.


def written(root: Path, files: Files) -> None:
    for entry in root.iterdir():
        if entry.name != ".git":
            shutil.rmtree(entry)
    (root / "defs").mkdir()
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def found(compilation: Compilation) -> Counter[object]:
    return Counter(map(what, compilation.diagnostics))


@given(histories())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_finding_that_the_commit_did_not_have_is_always_shown(
    history: tuple[Files, Files],
) -> None:
    before, after = history
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        init(root)
        written(root, before)
        commit(root)
        old = found(compile_project(root))
        written(root, after)
        with click.Context(check).scope():
            select = only_changed(Layout(root), "HEAD")
            now = compile_project(root)
            assert not found(now) - old - found(select(now))
