"""Whether what is shipped to a folder would look like a change of the project itself."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.deploy.errors import DeployError


def refuse_unignored(place: Path, root: Path) -> None:
    """Raises `DeployError` for a folder inside the project's repository that Git does not
    ignore."""
    try:
        top = Git(root).top.resolve()
        inside = place.resolve()
        if not inside.is_relative_to(top):
            return
        question = ("--no-literal-pathspecs", "check-ignore", "--")  # which takes no such paths
        is_ignored = Git(top).line(*question, str(inside / "deployments"))
    except (GitError, OSError):
        return
    if not is_ignored:
        path = inside.relative_to(top).as_posix()
        message = (
            f"`{path}` is in the repository, and Git does not ignore it: what is shipped there "
            "would be taken for uncommitted changes"
        )
        ignore = "" if inside == top else f"add `/{path}/` to .gitignore, or "
        raise DeployError(message, f"{ignore}ship to a folder elsewhere")
