"""The command line, Dagster+, CI or Git → the branch that is checked out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.deploy.branch.ci import SaidByCI, said_by_ci
from pipes_projects.deploy.branch.slug import slug_of
from pipes_projects.deploy.errors import DeployError
from pipes_projects.layout import repository_of

BRANCH: Final = "PIPES_PROJECTS_BRANCH"
"""The variable that names the branch if nothing else can."""
_NAME_IT: Final = f"name the branch: `--branch NAME`, or {BRANCH} in the environment"


class Checkout(NamedTuple):
    """A branch, and which of its commits is in the folder."""

    branch: str
    """As written; for a fork's branch, `owner:branch`."""
    slug: str
    """A name for folders, schemas and labels that no other branch has."""
    head: str | None = None
    """The branch's last commit."""
    commit: str | None = None
    """The commit that is checked out; in CI, that may be a merge with the base."""
    is_dirty: bool = False
    """Whether the folder has uncommitted changes."""
    request: str | None = None
    """The number of the pull request."""
    base: str | None = None
    """The branch that the pull request is to be merged into."""
    is_fork: bool = False
    said_by: str = "Git"
    """Who named the branch: `--branch`, a CI system, Dagster+, or Git."""
    instead_of: str | None = None
    """The branch that is checked out, if `--branch` names another one: its code is meant."""


class _Folder(NamedTuple):
    """What Git says about the folder."""

    git: Git | None = None
    refusal: str = ""
    """Why it says nothing, if it does."""
    branch: str | None = None
    commit: str | None = None
    is_dirty: bool = False


def checkout_of(root: Path, environ: Mapping[str, str], branch: str | None = None) -> Checkout:
    """What is checked out in a folder; `branch` is the one named on the command line.

    The first of these that knows the branch decides: the command line, Dagster+, CI, Git. Raises
    `DeployError` if none does.
    """
    folder = _folder(root)
    said_by, known = _said(environ, branch, folder)
    name = _qualified(known)
    if name is None:
        raise _nobody_knows(root, said_by, folder)
    _refuse_odd(name)
    return Checkout(
        name,
        slug_of(name),
        known.head or _head(name, folder),
        folder.commit,
        folder.is_dirty,
        known.request,
        known.base,
        ":" in name,
        said_by,
        _other(folder.branch, name) if said_by == "--branch" else None,
    )


def _other(here: str | None, name: str) -> str | None:
    """A checkout of `owner:x` may be called `x`."""
    return here if here not in (None, name, name.rpartition(":")[2]) else None


def _said(environ: Mapping[str, str], branch: str | None, folder: _Folder) -> tuple[str, SaidByCI]:
    """Who names the branch, and what else is known about it."""
    others = list(_others(environ, folder))
    if branch is None:
        return others[0]
    same = (known for _, known in others if _qualified(known) == branch)
    known = next(same, SaidByCI())
    return "--branch", known._replace(branch=branch, fork=None)


def _others(environ: Mapping[str, str], folder: _Folder) -> list[tuple[str, SaidByCI]]:
    """All but the command line, in their order."""
    words: list[tuple[str, SaidByCI] | None] = [
        _by_dagster_plus(environ),
        (BRANCH, SaidByCI(environ[BRANCH])) if environ.get(BRANCH) else None,
        said_by_ci(environ),
        ("Git", SaidByCI(folder.branch, folder.commit if folder.branch else None)),
    ]
    return [word for word in words if word]


def _by_dagster_plus(environ: Mapping[str, str]) -> tuple[str, SaidByCI] | None:
    branch = environ.get("DAGSTER_CLOUD_GIT_BRANCH")
    head, request = (
        environ.get(f"DAGSTER_CLOUD_{name}") or None for name in ("GIT_SHA", "PULL_REQUEST_ID")
    )
    return ("Dagster+", SaidByCI(branch, head, request)) if branch else None


def _qualified(known: SaidByCI) -> str | None:
    """A fork's branch is not one of ours, whatever it is called."""
    return f"{known.fork}:{known.branch}" if known.fork and known.branch else known.branch


def _folder(root: Path) -> _Folder:
    git = Git(root)
    if repository_of(root.resolve()) is None:
        return _Folder(refusal=f"{root} is not in a git repository")
    try:
        status = git("status", "--porcelain", "-z", "--ignore-submodules=dirty", "--", ".")
        branch = git.line("symbolic-ref", "--quiet", "HEAD")
        name = branch.removeprefix("refs/heads/") if branch else None
        return _Folder(git, "", name, git.commit("HEAD"), bool(status))
    except (GitError, OSError) as error:
        return _Folder(refusal=str(error))


def _head(branch: str, folder: _Folder) -> str | None:
    """The last commit of a branch, as far as this clone knows."""
    if folder.git is None or ":" in branch:
        return None
    places = (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")
    return next((commit for place in places if (commit := folder.git.commit(place))), None)


def _nobody_knows(root: Path, said_by: str, folder: _Folder) -> DeployError:
    if said_by != "Git":
        return DeployError(f"{said_by} does not say which branch this is", _NAME_IT)
    if folder.refusal:
        return DeployError(f"which branch this is cannot be determined: {folder.refusal}", _NAME_IT)
    message = f"no branch is checked out in {root}: HEAD is detached"
    return DeployError(message, f"check a branch out, `git switch NAME`; or {_NAME_IT}")


def _refuse_odd(name: str) -> None:
    if not name.strip() or not name.isprintable() or " " in name:
        message = f"`{name}` is not a branch's name: it has blanks or nothing that can be shown"
        raise DeployError(message, _NAME_IT)
