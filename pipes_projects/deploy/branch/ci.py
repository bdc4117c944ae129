"""The CI systems: which of their variables say what. One table, because no library has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from pipes_projects.disk.boundary import open_file

Environ = Mapping[str, str]


class SaidByCI(NamedTuple):
    """What a CI system says about the branch that it works on."""

    branch: str | None = None
    head: str | None = None
    """The branch's last commit."""
    request: str | None = None
    base: str | None = None
    fork: str | None = None
    """Whose repository the branch is in, if not ours."""


class CI(NamedTuple):
    """A CI system; of several variables, the first that is set counts."""

    name: str
    sign: str
    """A variable that it always sets."""
    branch: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    request: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    fork: tuple[str, str] | None = None
    """Two variables, which differ if a request comes from a fork: its repository, and ours."""
    fork_owner: tuple[str, ...] = ()
    """Variables that are set only for requests from forks: whose fork it is."""
    read: Callable[[Environ], SaidByCI] | None = None
    """For a system that says more in a file than in variables."""


_EMPTY_WORDS: Final = frozenset({"", "false", "null"})
_REFS: Final = ("refs/heads/", "refs/remotes/origin/")


def said_by_ci(environ: Environ) -> tuple[str, SaidByCI] | None:
    """The CI system that we run in, and what it says; None outside of CI."""
    system = next((ci for ci in SYSTEMS if environ.get(ci.sign)), None)
    if system is None:
        return None
    return system.name, system.read(environ) if system.read else _by_table(system, environ)


def _by_table(system: CI, environ: Environ) -> SaidByCI:
    request = _first(environ, system.request)
    return SaidByCI(
        _branch(_first(environ, system.branch)),
        _commit(_first(environ, system.head)),
        request.rstrip("/").rpartition("/")[2] if request else None,
        _branch(_first(environ, system.base)),
        _fork(system, environ) if request else None,
    )


def _first(environ: Environ, names: tuple[str, ...]) -> str | None:
    values = (environ.get(name, "").strip() for name in names)
    return next((value for value in values if value.lower() not in _EMPTY_WORDS), None)


def _branch(ref: str | None) -> str | None:
    """A branch's short name; None for a tag, or for a request's merge."""
    for start in _REFS:
        if ref and ref.startswith(start):
            return ref.removeprefix(start)
    return None if ref and ref.startswith("refs/") else ref


def _commit(text: str | None) -> str | None:
    """None for a name: Buildkite may say `HEAD`."""
    is_hash = text is not None and len(text) >= 7 and set(text.lower()) <= set("0123456789abcdef")
    return text if is_hash else None


def _fork(system: CI, environ: Environ) -> str | None:
    if system.fork is None:
        return _first(environ, system.fork_owner)
    theirs, ours = (environ.get(name, "") for name in system.fork)
    # without ours, nothing says that it is none
    return _owner(theirs) if theirs and _bare(theirs) != _bare(ours) else None


def _bare(repository: str) -> str:
    """A repository's address, or its path on the host → the path."""
    place = repository.rpartition("://")[2].rpartition("@")[2]
    if place != repository:
        place = place.replace(":", "/").partition("/")[2]
    return place.strip("/").removesuffix(".git").lower()


def _owner(repository: str) -> str:
    """`git@host:owner/name.git`, `owner/name` → `owner`; a name without an owner stays as it is."""
    path = _bare(repository)
    return path.rpartition("/")[0] or path or "fork"


def _of_github(environ: Environ) -> SaidByCI:
    """From the payload of the event, which has more than the variables."""
    payload = _payload(environ.get("GITHUB_EVENT_PATH", ""))
    request = payload.get("pull_request")
    if isinstance(request, dict):
        return _of_request(request, payload)
    if environ.get("GITHUB_EVENT_NAME") == "delete":  # the variables are about the default branch
        is_branch = payload.get("ref_type") in (None, "branch")
        return SaidByCI(_branch(_text(payload.get("ref"))) if is_branch else None)
    is_request = environ.get("GITHUB_REF", "").startswith("refs/pull/")
    is_request = is_request or bool(environ.get("GITHUB_HEAD_REF"))
    if is_request or environ.get("GITHUB_REF_TYPE", "branch") != "branch":
        return SaidByCI()  # a tag; or a request that may be a fork's: nothing says
    return SaidByCI(_first(environ, ("GITHUB_REF_NAME",)), _commit(environ.get("GITHUB_SHA")))


def _of_request(request: Mapping[str, Any], payload: Mapping[str, Any]) -> SaidByCI:
    head, base = _table(request.get("head")), _table(request.get("base"))
    theirs = _text(_table(head.get("repo")).get("full_name"))
    ours = _text(_table(base.get("repo") or payload.get("repository")).get("full_name"))
    is_fork = theirs is None or theirs != ours  # None: the fork was deleted
    owner = _text(_table(head.get("user")).get("login")) or _owner(theirs or "fork")
    number = request.get("number", payload.get("number"))
    return SaidByCI(
        _text(head.get("ref")),
        _commit(_text(head.get("sha"))),
        None if number is None else str(number),
        _text(base.get("ref")),
        owner if is_fork else None,
    )


def _payload(path: str) -> Mapping[str, Any]:
    try:
        with open_file(path) as file:
            return _table(json.loads(file.read()))
    except (OSError, ValueError, RecursionError):
        return {}


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


SYSTEMS: Final = (
    CI("GitHub Actions", "GITHUB_ACTIONS", read=_of_github),
    CI(
        "GitLab CI",
        "GITLAB_CI",
        branch=("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"),
        head=("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
        request=("CI_MERGE_REQUEST_IID",),
        base=("CI_MERGE_REQUEST_TARGET_BRANCH_NAME",),
        fork=("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "CI_MERGE_REQUEST_PROJECT_PATH"),
    ),
    CI(
        "Bitbucket Pipelines",
        "BITBUCKET_BUILD_NUMBER",
        branch=("BITBUCKET_BRANCH",),
        head=("BITBUCKET_COMMIT",),
        request=("BITBUCKET_PR_ID",),
        base=("BITBUCKET_PR_DESTINATION_BRANCH",),
    ),
    CI(
        "Azure Pipelines",
        "TF_BUILD",
        branch=("SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"),
        head=("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"),
        request=("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER", "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        base=("SYSTEM_PULLREQUEST_TARGETBRANCH",),
        fork=("SYSTEM_PULLREQUEST_SOURCEREPOSITORYURI", "BUILD_REPOSITORY_URI"),
    ),
    CI(
        "CircleCI",
        "CIRCLECI",
        branch=("CIRCLE_BRANCH",),
        head=("CIRCLE_SHA1",),
        request=("CIRCLE_PULL_REQUEST",),
        fork_owner=("CIRCLE_PR_USERNAME",),
    ),
    CI(
        "Buildkite",
        "BUILDKITE",
        branch=("BUILDKITE_BRANCH",),
        head=("BUILDKITE_COMMIT",),
        request=("BUILDKITE_PULL_REQUEST",),
        base=("BUILDKITE_PULL_REQUEST_BASE_BRANCH",),
        fork=("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"),
    ),
    CI(
        "Jenkins",
        "JENKINS_URL",
        branch=("CHANGE_BRANCH", "BRANCH_NAME"),
        head=("GIT_COMMIT",),
        request=("CHANGE_ID",),
        base=("CHANGE_TARGET",),
        fork_owner=("CHANGE_FORK",),
    ),
)
