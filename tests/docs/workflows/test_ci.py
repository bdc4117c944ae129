"""What docs/ci.md shows, taken out of it: linted, and run on projects in repositories of git."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import junitparser
import pytest
from ruamel.yaml import YAML
from sarif_kit.validate import validation_errors

from tests.catalog.reading import content_in, content_of
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder
from tests.support.pages.workflows import (
    follow_githubs_schema,
    follow_gitlabs_schema,
    give_zizmor_nothing_to_warn_of,
    program,
    shell,
    written,
)
from tests.support.repositories import commit, git, init

BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL)
READ = [(text, YAML(typ="safe").load(text)) for language, text in BLOCKS if language == "yaml"]
SHELL = [text for language, text in BLOCKS if language == "sh"]
WORKFLOWS = [text for text, data in READ if "jobs" in data]
JOBS = [job for _, data in READ for job in data.get("jobs", {}).values()]
EVERYTHING, CHANGED, DIFFERENCE, CATALOG = JOBS
(GITLAB,) = (text for text, data in READ if "manifests" in data)
(PAGES,) = (text for text, data in READ if "pages" in data)
(HOOKS,) = (text for text, data in READ if "repos" in data)
VALIDATION, ANY_KEY, FRESHNESS = SHELL


def test_the_page_shows_nothing_that_is_not_checked_here() -> None:
    assert len(WORKFLOWS) + len([GITLAB, PAGES, HOOKS]) == len(READ)
    assert len(READ) + len(SHELL) == len(BLOCKS)


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_is_one_by_githubs_schema(workflow: str, tmp_path: Path) -> None:
    follow_githubs_schema(workflow, tmp_path)


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_gives_zizmor_nothing_to_warn_of(workflow: str, tmp_path: Path) -> None:
    give_zizmor_nothing_to_warn_of(workflow, tmp_path)


@pytest.mark.parametrize("jobs", [GITLAB, PAGES])
def test_the_jobs_are_some_by_gitlabs_schema(jobs: str, tmp_path: Path) -> None:
    follow_gitlabs_schema(jobs, tmp_path)


def test_the_hooks_are_some_by_pre_commits_own_rules(tmp_path: Path) -> None:
    program("pre-commit", "validate-config", written(tmp_path, "config.yaml", HOOKS))
    program("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")


# Their commands, on a branch of a repository; what they install is there already.


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as `init` and `new` make it, all of it committed to `main`."""
    root = tmp_path_factory.mktemp("origin")
    program("pipes-projects", "init", root)
    program("pipes-projects", "new", "sales/orders", cwd=root)
    init(root)
    commit(root)
    return root


@pytest.fixture
def clone(folder: Folder, origin: Path) -> Folder:
    """A branch of it."""
    init(folder.root)
    git(folder.root, "remote", "add", "origin", str(origin))
    git(folder.root, "pull", "--quiet", "origin", "main")
    git(folder.root, "switch", "--quiet", "--create", "branch")
    return folder


def without_installation(commands: list[str]) -> str:
    """The other commands; what is installed must not bring Dagster."""
    installing = [command for command in commands if command.startswith("pip install ")]
    assert installing == ["pip install pipes-projects"]
    return "\n".join(command for command in commands if command not in installing)


def run_steps(job: dict[str, Any], cwd: Path) -> subprocess.CompletedProcess[str]:
    """The steps of a GitHub job that are commands; expressions are the base branch."""
    steps = [step for step in job["steps"] if "run" in step]
    env = {k: v for step in steps for k, v in step.get("env", {}).items()}
    env = {name: value.replace("${{ github.base_ref }}", "main") for name, value in env.items()}
    commands = without_installation([step["run"] for step in steps])
    assert "${{" not in f"{env}{commands}"
    return shell(commands, cwd, **env)


def sarif_of(job: dict[str, Any], cwd: Path) -> list[str]:
    """The codes in the file that is uploaded, also where a step before it failed."""
    (upload,) = (step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    assert upload["if"] == "${{ !cancelled() }}"
    log = json.loads((cwd / upload["with"]["sarif_file"]).read_text("utf-8"))
    assert validation_errors(log) == []
    return [result["ruleId"] for result in log["runs"][0]["results"]]


def test_the_workflow_passes_a_clean_project(clone: Folder) -> None:
    done = run_steps(EVERYTHING, clone.root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert sarif_of(EVERYTHING, clone.root) == []


def test_the_workflow_annotates_what_is_wrong_and_has_it_for_the_upload(clone: Folder) -> None:
    clone.asset("sales/wrong", "depz: []\n")
    done = run_steps(EVERYTHING, clone.root)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=defs/sales/wrong.yaml,")
    assert sarif_of(EVERYTHING, clone.root) == ["unknown-key"]


def test_the_workflow_of_changes_shows_them_alone(clone: Folder) -> None:
    clone.asset("sales/old", "depz: []\n")
    commit(clone.root)
    git(clone.root, "update-ref", "refs/remotes/origin/main", "HEAD")
    clone.asset("sales/right")
    commit(clone.root)
    assert run_steps(CHANGED, clone.root).returncode == 0
    clone.asset("sales/wrong", "depz: []\n")
    commit(clone.root)
    done = run_steps(CHANGED, clone.root)
    assert done.returncode == 1
    assert [line.split(",")[0] for line in done.stdout.splitlines()] == [
        "::error file=defs/sales/wrong.yaml"
    ]


def test_the_workflow_of_changes_fetches_all_of_the_history() -> None:
    (checkout,) = (step for step in CHANGED["steps"] if "actions/checkout" in step.get("uses", ""))
    assert checkout["with"]["fetch-depth"] == 0


GH = """\
#!/bin/sh
# Answers as GitHub's program does, from a file with a comment: its number and its first line.
echo "$@" >> "$LOG"
case "$*" in
  "api --paginate"*) grep --only-matching '^[0-9]*' "$COMMENTS" || true ;;
  "pr comment"*) echo "7 $(head --lines=1 difference.md)" > "$COMMENTS" ;;
esac
"""


def test_the_workflow_of_the_difference_keeps_one_comment(clone: Folder) -> None:
    clone.asset("sales/new")
    commit(clone.root)
    git(clone.root, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    program_ = clone.write("bin/gh", GH)
    program_.chmod(0o755)
    log, comments = clone.write("log"), clone.write("comments")
    steps = [step for step in DIFFERENCE["steps"] if "run" in step]
    commands = without_installation([step["run"] for step in steps])
    path = f"{program_.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}"
    variables = {
        "BASE": "main", "GH_TOKEN": "x", "REPOSITORY": "o/r", "NUMBER": "3", "LOG": str(log),
        "COMMENTS": str(comments),
    }  # fmt: skip
    assert {*variables} - {"LOG", "COMMENTS"} == {
        name for step in steps for name in step.get("env", {})
    }
    for _ in range(2):
        done = shell(f"PATH={path}$PATH\n{commands}", clone.root, **variables)
        assert done.returncode == 0, done.stderr
    asked = log.read_text("utf-8").splitlines()
    assert [line.split(" ")[:3] for line in asked] == [
        ["api", "--paginate", "repos/o/r/issues/3/comments"],
        ["pr", "comment", "3"],
        ["api", "--paginate", "repos/o/r/issues/3/comments"],
        ["api", "--method", "PATCH"],
    ]
    assert asked[-1].endswith("repos/o/r/issues/comments/7 --field body=@difference.md")
    assert "**Assets:** 1 added" in (clone.root / "difference.md").read_text("utf-8")


def publish(clone: Folder, pages: Path, place: str, action: str = "") -> None:
    """What the workflow of the catalog does, into a repository."""
    gh = clone.write("bin/gh", "#!/bin/sh\n")
    gh.chmod(0o755)
    steps = [step for step in CATALOG["steps"] if "run" in step]
    variables = {"GH_TOKEN": "x", "ORIGIN": f"file://{pages}", "ACTION": action, "PLACE": place}
    assert {*variables} == {name for step in steps for name in step.get("env", {})}
    commands = without_installation([step["run"] for step in steps])
    path = f"{gh.parent}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}"
    done = shell(f"PATH={path}$PATH\n{commands}", clone.root, **variables)
    assert done.returncode == 0, done.stderr


def test_the_workflow_of_the_catalog_keeps_main_and_open_pull_requests(clone: Folder) -> None:
    pages = clone.root.parent / "pages.git"
    program("git", "init", "--quiet", "--bare", pages)

    def published() -> list[str]:
        return git(pages, "ls-tree", "-r", "--name-only", "gh-pages").split()

    publish(clone, pages, ".")
    assert published() == [".nojekyll", "index.html"]
    clone.asset("sales/wrong", "depz: []\n")
    publish(clone, pages, "pull/7", "opened")
    publish(clone, pages, "pull/8", "synchronize")
    both = ["pull/7/index.html", "pull/8/index.html"]
    assert published() == [".nojekyll", "index.html", *both]
    ours = content_in(git(pages, "show", "gh-pages:pull/7/index.html"))
    assert "sales/wrong" in [asset["key"] for asset in ours["assets"]]
    publish(clone, pages, "pull/7", "closed")
    assert published() == [".nojekyll", "index.html", both[1]]


def test_the_jobs_of_gitlab_write_the_page_that_they_hand_over(clone: Folder) -> None:
    jobs = YAML(typ="safe").load(PAGES)
    done = shell(without_installation(jobs[".catalog"]["script"]), clone.root)
    assert done.returncode == 0, done.stderr
    paths = [path for name in ("pages", "catalog") for path in jobs[name]["artifacts"]["paths"]]
    assert all((clone.root / path).exists() for path in paths)
    assert content_of(clone.root / paths[1])["assets"]


@pytest.mark.parametrize("is_wrong", [False, True])
def test_the_job_of_gitlab_writes_the_reports_that_it_hands_over(
    clone: Folder, is_wrong: bool
) -> None:
    if is_wrong:
        clone.asset("sales/wrong", "depz: []\n")
    job = YAML(typ="safe").load(GITLAB)["manifests"]
    done = shell(without_installation(job["script"]), clone.root)
    assert done.returncode == is_wrong
    files = {name: clone.root / path for name, path in job["artifacts"]["reports"].items()}
    assert len(json.loads(files["codequality"].read_text("utf-8"))) == is_wrong
    assert junitparser.JUnitXml.fromfile(str(files["junit"])).failures == is_wrong


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("defs/sales/right.yml", "deps: [sales/orders]\n", 0),
        ("defs/_defaults.yaml", "owners: [team:sales]\n", 0),
        ("defs/_drafts/wrong.yaml", "depz: []\n", 0),
        ("defs/sales/.wrong.yaml", "depz: []\n", 0),
        ("defs/sales/wrong.yaml", "depz: []\n", 1),
        ("defs/sales/wrong.yml", "depz: []\n", 1),
        ("defs/_defaults.yml", "deps: []\n", 1),
        ("defs/sales/wrong.yaml", "deps: [sales/nowhere]\n", 1),
    ],
)
def test_the_schemas_find_what_check_finds(clone: Folder, path: str, text: str, code: int) -> None:
    program("pipes-projects", "editor", cwd=clone.root)
    clone.write(path, text)
    if "/sales/" in path:
        clone.write(str(Path(path).with_suffix(".py")))
    assert shell("pipes-projects check", clone.root).returncode == code
    assert shell(VALIDATION, clone.root).returncode == code


def test_a_new_asset_is_unknown_to_the_keys_until_they_are_written(clone: Folder) -> None:
    clone.asset("sales/new")
    clone.asset("sales/newer", "deps: [sales/new]\n")
    assert shell("pipes-projects check", clone.root).returncode == 0
    assert shell(VALIDATION, clone.root).returncode == 1
    program("pipes-projects", "editor", cwd=clone.root)
    assert shell(VALIDATION, clone.root).returncode == 0


def test_ci_can_take_any_key_and_needs_the_file(clone: Folder) -> None:
    clone.asset("sales/newer", "deps: [sales/new]\n")
    (clone.root / "schemas/asset-keys.json").unlink()
    assert shell(VALIDATION, clone.root).returncode == 1
    assert shell(ANY_KEY + VALIDATION, clone.root).returncode == 0
    clone.asset("sales/wrong", "depz: []\n")
    assert shell(ANY_KEY + VALIDATION, clone.root).returncode == 1


def test_a_stale_contract_is_told(clone: Folder) -> None:
    assert shell(FRESHNESS, clone.root).returncode == 0
    contract = clone.root / "schemas/manifest.schema.json"
    contract.write_text(contract.read_text("utf-8").replace("manifest", "text", 1), "utf-8")
    done = shell(FRESHNESS, clone.root)
    assert done.returncode == 1
    assert '+  "title": "A manifest' in done.stdout
