"""The scripts that Git says differ from the branch that this one was made from."""

from __future__ import annotations

from collections.abc import Mapping

from pipes_projects.analysis.changes.files import files_changed
from pipes_projects.analysis.git.repository import Git, GitError
from pipes_projects.deploy.shipping.bundles import Bundle
from pipes_projects.layout import Layout


def differing_from(
    base: str | None, layout: Layout, bundles: Mapping[str, Bundle]
) -> tuple[str, ...] | None:
    """The paths of scripts with any file that differs; None if Git cannot tell."""
    if base is None:
        return None
    git = Git(layout.root)
    try:
        names = (f"refs/remotes/origin/{base}", f"refs/heads/{base}")
        ref = next((name for name in names if git.commit(name)), None)
        if ref is None:
            return None
        changed = {change.path for change in files_changed(git, layout, git.fork(ref))}
    except (GitError, OSError):
        return None
    return tuple(path for path, bundle in bundles.items() if not changed.isdisjoint(bundle.files))
