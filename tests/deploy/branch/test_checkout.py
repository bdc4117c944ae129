"""Which branch this is: by the command line, Dagster+, CI and Git, in this order."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipes_projects.deploy.branch.checkout import Checkout, checkout_of
from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.deploy.errors import DeployError
from tests.support.repositories import commit, git, init

HEAD = "a" * 40
BY_CI: list[tuple[str, dict[str, str], tuple[str, str | None, str | None, str | None]]] = [
    ("GitLab CI", {"GITLAB_CI": "true", "CI_COMMIT_BRANCH": "x", "CI_COMMIT_SHA": HEAD},
     ("x", HEAD, None, None)),
    ("GitLab CI", {"GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "x",
                   "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": HEAD, "CI_COMMIT_SHA": "b" * 40,
                   "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                   "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "team/app",
                   "CI_MERGE_REQUEST_PROJECT_PATH": "team/app"},
     ("x", HEAD, "7", "main")),
    ("GitLab CI", {"GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main",
                   "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                   "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "someone/sub/app",
                   "CI_MERGE_REQUEST_PROJECT_PATH": "team/app"},
     ("someone/sub:main", None, "7", "main")),
    ("Bitbucket Pipelines", {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_BRANCH": "x",
                             "BITBUCKET_COMMIT": HEAD, "BITBUCKET_PR_ID": "7",
                             "BITBUCKET_PR_DESTINATION_BRANCH": "main"},
     ("x", HEAD, "7", "main")),
    ("Azure Pipelines", {"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/heads/team/x",
                         "BUILD_SOURCEVERSION": HEAD},
     ("team/x", HEAD, None, None)),
    ("Azure Pipelines", {"TF_BUILD": "True", "BUILD_SOURCEBRANCH": "refs/pull/7/merge",
                         "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/x",
                         "SYSTEM_PULLREQUEST_SOURCECOMMITID": HEAD,
                         "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER": "7",
                         "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
     ("x", HEAD, "7", "main")),
    ("CircleCI", {"CIRCLECI": "true", "CIRCLE_BRANCH": "x", "CIRCLE_SHA1": HEAD,
                  "CIRCLE_PULL_REQUEST": "https://example.com/team/app/pull/7"},
     ("x", HEAD, "7", None)),
    ("CircleCI", {"CIRCLECI": "true", "CIRCLE_BRANCH": "pull/7", "CIRCLE_PR_USERNAME": "someone",
                  "CIRCLE_PULL_REQUEST": "https://example.com/team/app/pull/7"},
     ("someone:pull/7", None, "7", None)),
    ("Buildkite", {"BUILDKITE": "true", "BUILDKITE_BRANCH": "x", "BUILDKITE_COMMIT": "HEAD",
                   "BUILDKITE_PULL_REQUEST": "false"},
     ("x", None, None, None)),
    ("Buildkite", {"BUILDKITE": "true", "BUILDKITE_BRANCH": "main", "BUILDKITE_PULL_REQUEST": "7",
                   "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
                   "BUILDKITE_PULL_REQUEST_REPO": "git://example.com/someone/app.git",
                   "BUILDKITE_REPO": "git@example.com:team/app.git"},
     ("someone:main", None, "7", "main")),
    ("Buildkite", {"BUILDKITE": "true", "BUILDKITE_BRANCH": "x", "BUILDKITE_PULL_REQUEST": "7",
                   "BUILDKITE_PULL_REQUEST_REPO": "https://example.com/team/app.git",
                   "BUILDKITE_REPO": "git@example.com:team/app.git"},
     ("x", None, "7", None)),
    ("GitLab CI", {"GITLAB_CI": "true", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main",
                   "CI_MERGE_REQUEST_IID": "7",
                   "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": "someone/app"},
     ("someone:main", None, "7", None)),
    ("Jenkins", {"JENKINS_URL": "https://example.com", "BRANCH_NAME": "PR-7", "CHANGE_BRANCH": "x",
                 "CHANGE_ID": "7", "CHANGE_TARGET": "main", "GIT_COMMIT": HEAD},
     ("x", HEAD, "7", "main")),
    ("Jenkins", {"JENKINS_URL": "https://example.com", "BRANCH_NAME": "PR-7",
                 "CHANGE_BRANCH": "main", "CHANGE_FORK": "someone", "CHANGE_ID": "7"},
     ("someone:main", None, "7", None)),
    ("Dagster+", {"DAGSTER_CLOUD_GIT_BRANCH": "x", "DAGSTER_CLOUD_GIT_SHA": HEAD,
                  "DAGSTER_CLOUD_PULL_REQUEST_ID": "7", "GITLAB_CI": "true",
                  "CI_COMMIT_BRANCH": "other"},
     ("x", HEAD, "7", None)),
    ("PIPES_PROJECTS_BRANCH", {"PIPES_PROJECTS_BRANCH": "x", "GITLAB_CI": "true"},
     ("x", None, None, None)),
]  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    init(tmp_path)
    (tmp_path / "script.py").write_text("pass\n")
    commit(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "environ", "told"), BY_CI)
def test_ci_says_which_branch_it_is(
    tmp_path: Path, name: str, environ: dict[str, str], told: tuple[str, ...]
) -> None:
    found = checkout_of(tmp_path, environ)
    assert found.said_by == name
    assert (found.branch, found.head, found.request, found.base) == told
    assert found.slug == slug_of(found.branch)
    assert found.is_fork == (":" in found.branch)


def _github(folder: Path, payload: Any, **environ: str) -> Checkout:
    event = folder / "event.json"
    event.write_text(json.dumps(payload))
    return checkout_of(
        folder, {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(event), **environ}
    )


def _request(theirs: str | None, ref: str = "x") -> dict[str, Any]:
    repository = {"full_name": theirs} if theirs else None
    head = {"ref": ref, "sha": HEAD, "repo": repository, "user": {"login": "someone"}}
    base = {"ref": "main", "repo": {"full_name": "team/app"}}
    return {"pull_request": {"number": 7, "head": head, "base": base}}


def test_a_push_on_github(tmp_path: Path) -> None:
    environ = {"GITHUB_REF_NAME": "team/x", "GITHUB_REF_TYPE": "branch", "GITHUB_SHA": HEAD}
    found = _github(tmp_path, {"ref": "refs/heads/team/x"}, **environ)
    assert (found.branch, found.head, found.said_by) == ("team/x", HEAD, "GitHub Actions")


def test_a_request_on_github_has_a_head_beside_the_merge_that_is_checked_out(
    repository: Path,
) -> None:
    found = _github(repository, _request("team/app"), GITHUB_SHA="b" * 40, GITHUB_HEAD_REF="x")
    assert (found.branch, found.head, found.request, found.base) == ("x", HEAD, "7", "main")
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert not found.is_fork


@pytest.mark.parametrize("theirs", ["someone/app", None])
def test_a_forks_main_is_not_main(tmp_path: Path, theirs: str | None) -> None:
    found = _github(tmp_path, _request(theirs, "main"), GITHUB_HEAD_REF="main")
    assert found.branch == "someone:main"
    assert found.is_fork
    assert found.slug != "main"


def test_a_deleted_branch_on_github_is_not_the_default_one(tmp_path: Path) -> None:
    environ = {"GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch"}
    payload = {"ref": "team/x", "ref_type": "branch"}
    assert _github(tmp_path, payload, GITHUB_EVENT_NAME="delete", **environ).branch == "team/x"


@pytest.mark.parametrize(
    ("payload", "environ"),
    [
        ({"ref": "v1", "ref_type": "tag"}, {"GITHUB_EVENT_NAME": "delete"}),
        ({}, {"GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1"}),
        ([], {"GITHUB_HEAD_REF": "main", "GITHUB_REF_NAME": "7/merge"}),
        ([], {"GITHUB_REF": "refs/pull/7/merge", "GITHUB_REF_NAME": "7/merge"}),
    ],
)
def test_where_ci_says_no_branch_git_is_not_believed(
    repository: Path, payload: Any, environ: dict[str, str]
) -> None:
    with pytest.raises(DeployError, match="GitHub Actions does not say which branch") as raised:
        _github(repository, payload, **environ)
    assert "--branch" in str(raised.value.help)


def test_git_says_which_branch_it_is(repository: Path) -> None:
    git(repository, "switch", "--quiet", "--create", "Feature/X")
    found = checkout_of(repository, {})
    head = git(repository, "rev-parse", "HEAD")
    slug = slug_of("Feature/X")
    assert found == Checkout("Feature/X", slug, head, head)


@pytest.mark.parametrize("name", ["script.py", "new.py"])
def test_what_is_not_committed_is_told(repository: Path, name: str) -> None:
    (repository / name).write_text("changed = True\n")
    assert checkout_of(repository, {}).is_dirty


def test_a_worktree_and_a_repository_without_commits_have_a_branch(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    init(first)
    assert checkout_of(first, {})[:4] == ("main", "main", None, None)
    commit(first)
    git(first, "worktree", "add", "--quiet", "-b", "second", str(tmp_path / "second"))
    assert checkout_of(tmp_path / "second", {}).branch == "second"


def test_the_command_line_counts_most(repository: Path) -> None:
    git(repository, "branch", "x")
    (repository / "more.py").write_text("")
    commit(repository)
    found = checkout_of(repository, {"GITLAB_CI": "1", "CI_COMMIT_BRANCH": "other"}, "x")
    assert (found.branch, found.said_by) == ("x", "--branch")
    assert found.head == git(repository, "rev-parse", "x")
    assert found.commit == git(repository, "rev-parse", "HEAD")


def test_what_else_is_known_of_the_branch_that_the_command_line_names_is_kept(
    tmp_path: Path,
) -> None:
    environ = {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_BRANCH": "x", "BITBUCKET_PR_ID": "7"}
    assert checkout_of(tmp_path, environ, "x").request == "7"
    assert checkout_of(tmp_path, environ, "y").request is None


def test_a_detached_head_is_no_branch(repository: Path) -> None:
    git(repository, "switch", "--quiet", "--detach")
    with pytest.raises(DeployError, match="HEAD is detached") as raised:
        checkout_of(repository, {})
    assert "git switch NAME" in str(raised.value.help)
    assert checkout_of(repository, {}, "x").commit == git(repository, "rev-parse", "HEAD")


def test_without_git_somebody_must_name_the_branch(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="not in a git repository") as raised:
        checkout_of(tmp_path, {})
    assert "--branch NAME" in str(raised.value.help)
    assert checkout_of(tmp_path, {}, "x")[:4] == ("x", "x", None, None)


@pytest.mark.parametrize("name", ["", " ", "a b", "a\nb", "a\x1b[1m"])
def test_what_cannot_be_a_branchs_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeployError, match="not a branch's name"):
        checkout_of(tmp_path, {}, name)
