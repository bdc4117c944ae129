"""The branches that exist: those of the remotes, which are asked, and those of this clone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipes_projects.analysis.git.process import text_of
from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.deploy.errors import DeployError
from pipes_projects.layout import repository_of

_HEADS: Final = "refs/heads/"


def branches_of(root: Path) -> frozenset[str]:
    """All branches, wherever they are; raises `DeployError` if that cannot be known for certain.

    What a clone remembers of its remote is not enough: in CI, that is often a single branch.
    """
    git = Git(root)
    try:
        if repository_of(root.resolve()) is None:
            raise GitError(f"{root} is not in a git repository")
        local = text_of(git("for-each-ref", "--format=%(refname)", _HEADS)).splitlines()
        here = git.line("symbolic-ref", "--quiet", "HEAD") or ""  # it may have no commit yet
        remotes = text_of(git("remote")).splitlines()
        far = [ref for remote in remotes for ref in _heads(git, remote)]
    except (GitError, OSError) as error:
        message = f"which branches exist cannot be determined: {error}"
        raise DeployError(message, "nothing is removed for a branch that may be there") from error
    return frozenset(ref.removeprefix(_HEADS) for ref in (here, *local, *far) if ref)


def _heads(git: Git, remote: str) -> list[str]:
    asked = git.connecting("ls-remote", "--heads", "--", remote)
    return [line.partition("\t")[2] for line in text_of(asked()).splitlines()]
